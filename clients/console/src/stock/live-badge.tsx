import type { StockState } from "@holdfast/sdk";
import { Badge } from "@mantine/core";

const words: Readonly<Record<StockState, { text: string; color: string }>> = {
  live: { text: "Live", color: "teal.9" },
  polling: { text: "Every 2 s", color: "tide.8" },
  connecting: { text: "Connecting", color: "gray.7" },
  failed: { text: "Not current", color: "red.9" },
};

export function LiveBadge({ state }: { readonly state: StockState }) {
  const { text, color } = words[state];
  return (
    <Badge color={color} variant="filled" role="status">
      {text}
    </Badge>
  );
}
