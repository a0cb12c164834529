import { useHoldfast, useStock } from "@holdfast/sdk/react";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useConsole } from "../console-context.ts";
import { Quantity } from "./quantity.tsx";

/** Shows an item's available stock at all locations: live if the deployment has a WebSocket, else read once. */
export function StockCell({ sku }: { readonly sku: string }) {
  return useConsole().config.websocket === undefined ? <ReadStock sku={sku} /> : <LiveStock sku={sku} />;
}

function LiveStock({ sku }: { readonly sku: string }) {
  const { available, levels, state } = useStock(sku);
  return <Available value={levels.length === 0 && state === "connecting" ? undefined : available} />;
}

function ReadStock({ sku }: { readonly sku: string }) {
  const holdfast = useHoldfast();
  const { data } = useQuery({
    queryKey: ["stock", sku],
    queryFn: async () => (await holdfast.getItemStock({ sku })).levels.reduce((sum, level) => sum + level.available, 0),
    staleTime: 10_000,
  });
  return <Available value={data} />;
}

function Available({ value }: { readonly value: number | undefined }) {
  return (
    <Text component="span" size="sm" fw={600} c={value !== undefined && value <= 0 ? "red.9" : undefined}>
      <Quantity value={value} />
    </Text>
  );
}
