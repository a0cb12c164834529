import { useHoldfast, useStock } from "@holdfast/sdk/react";
import { Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useConsole } from "../console-context.ts";
import { formatTime } from "../format.ts";
import { DeadLetterAlert, UnansweredAlert } from "../operations/alerts.tsx";
import { FeedTile, GapTile } from "../operations/feed-tiles.tsx";
import { QueueTable } from "../operations/queue-table.tsx";
import { useItems } from "../queries.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";
import { Tile } from "../shell/tile.tsx";
import { LiveBadge } from "../stock/live-badge.tsx";

const refreshMs = 5_000;

export function OperationsPage() {
  const holdfast = useHoldfast();
  const { data: state, error } = useQuery({
    queryKey: ["operations"],
    refetchInterval: refreshMs,
    queryFn: ({ signal }) => holdfast.getOperations({}, { signal }),
  });
  const asOf = state === undefined ? "" : `, last at ${formatTime(state.asOf)}`;
  return (
    <>
      <PageTitle title="Operations" about={`Updated every ${refreshMs / 1_000} s${asOf}.`} />
      <Stack>
        <ProblemAlert error={error} />
        {state !== undefined && <UnansweredAlert state={state} />}
        {state !== undefined && <DeadLetterAlert queues={state.queues} />}
        <SimpleGrid cols={{ base: 2, lg: 4 }}>
          <ApiTile />
          <FeedTile state={state} />
          <GapTile state={state} />
          <LiveTile />
        </SimpleGrid>
        {state !== undefined && <QueueTable queues={state.queues} />}
        <Deployment />
      </Stack>
    </>
  );
}

function ApiTile() {
  const holdfast = useHoldfast();
  const health = useQuery({
    queryKey: ["health"],
    refetchInterval: refreshMs,
    queryFn: async () => {
      const started = performance.now();
      await holdfast.getHealth();
      return Math.round(performance.now() - started);
    },
  });
  if (health.error) return <ProblemAlert error={health.error} />;
  return <Tile title="API" value={health.data === undefined ? "…" : `${health.data} ms`} about="From here and back" />;
}

function LiveTile() {
  const sku = useItems("").data?.items[0]?.sku;
  if (sku === undefined) return <Tile title="Live stock" value="…" about="The catalogue is empty" />;
  return <LiveState sku={sku} />;
}

function LiveState({ sku }: { readonly sku: string }) {
  const { state, error } = useStock(sku);
  return (
    <Tile
      title="Live stock"
      value={<LiveBadge state={state} />}
      about={error === undefined ? `Watching ${sku}` : <ProblemAlert error={error} />}
    />
  );
}

function Deployment() {
  const { config, subject } = useConsole();
  return (
    <Card withBorder className="surface">
      <Title order={2} size="h4" mb="xs">
        This deployment
      </Title>
      <Stack gap={4} component="dl" m={0}>
        <Fact name="API" value={config.api} />
        <Fact name="WebSocket" value={config.websocket ?? "none: stock is read every 2 s"} />
        <Fact name="Issuer" value={config.issuer} />
        <Fact name="Signed in" value={subject} />
      </Stack>
    </Card>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <Group gap="sm" wrap="nowrap" align="baseline">
      <Text component="dt" size="sm" c="dimmed" w={90} style={{ flexShrink: 0 }}>
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className="code" style={{ overflowWrap: "anywhere" }}>
        {value}
      </Text>
    </Group>
  );
}
