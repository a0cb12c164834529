import { useHoldfast, useStock } from "@holdfast/sdk/react";
import { Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useConsole } from "../console-context.ts";
import { formatAge, formatInstant } from "../format.ts";
import { useItems } from "../queries.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";
import { LiveBadge } from "../stock/live-badge.tsx";

const REFRESH_MS = 5_000;

export function OperationsPage() {
  const { config, subject } = useConsole();
  return (
    <>
      <PageTitle title="Operations" about={`Measured from here, every ${REFRESH_MS / 1_000} s.`} />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <ApiTile />
        <FeedTile />
        <LiveTile />
      </SimpleGrid>
      <Card withBorder mt="md" className="surface">
        <Title order={2} size="h4" mb="xs">
          This deployment
        </Title>
        <Stack gap={4} component="dl" m={0}>
          <Fact name="API" value={config.api} />
          <Fact name="WebSocket" value={config.websocket ?? "none: stock is read every 2 s"} />
          <Fact name="Issuer" value={config.issuer} />
          <Fact name="Signed in" value={subject} />
        </Stack>
        <Text size="sm" c="dimmed" mt="md">
          Queue depths, dead letters and alarms are on the CloudWatch dashboard of the deployment: the API names no
          route for them, so they are not shown here.
        </Text>
      </Card>
    </>
  );
}

function Tile(props: { readonly title: string; readonly value: ReactNode; readonly about: ReactNode }) {
  return (
    <Card withBorder className="surface">
      <Text size="sm" fw={600} c="dimmed" component="h2" m={0}>
        {props.title}
      </Text>
      <Text fz={26} fw={700} className="number" component="div">
        {props.value}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        {props.about}
      </Text>
    </Card>
  );
}

function ApiTile() {
  const holdfast = useHoldfast();
  const health = useQuery({
    queryKey: ["health"],
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const started = performance.now();
      await holdfast.getHealth();
      return Math.round(performance.now() - started);
    },
  });
  if (health.error) return <ProblemAlert error={health.error} />;
  return (
    <Tile
      title="API"
      value={health.data === undefined ? "…" : `${health.data} ms`}
      about="GET /health, there and back"
    />
  );
}

/** How far SQL reaches: rests while nothing changes. */
function FeedTile() {
  const holdfast = useHoldfast();
  const feed = useQuery({
    queryKey: ["feed"],
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const { asOf, rows } = await holdfast.getReport({ name: "stock-on-hand" });
      return { asOf, levelCount: rows.length, readAtMs: Date.now() };
    },
  });
  if (feed.error) return <ProblemAlert error={feed.error} />;
  if (feed.data === undefined) return <Tile title="Feed to SQL" value="…" about="" />;
  return (
    <Tile
      title="Feed to SQL"
      value={formatAge(feed.data.asOf, feed.data.readAtMs)}
      about={`${feed.data.levelCount} levels, changes up to ${formatInstant(feed.data.asOf)}; it rests while nothing changes`}
    />
  );
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
