import { type LedgerEntry, movementKinds, quantities, type StockLevel } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { Button, Card, Group, Select, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { TimeChart } from "../charts/time-chart.tsx";
import { formatDay, formatQuantity, formatSigned, formatTime } from "../format.ts";
import { ProblemAlert } from "../shell/problem-alert.tsx";

const pageEntries = 20;
const catchUpMs = 2_000;

/** Shows every change of one level, newest first. Polls until the ledger has the version that the level shows. */
export function LedgerCard({ levels }: { readonly levels: readonly StockLevel[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [first] = levels;
  if (first === undefined) return null;
  // The default is the level with the most changes.
  const busiest = levels.reduce((most, each) => (each.version > most.version ? each : most), first);
  const level = levels.find(({ location }) => location === chosen) ?? busiest;
  return (
    <Card withBorder className="surface">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          Ledger
        </Title>
        <Select
          aria-label="Location of the ledger"
          size="sm"
          w={150}
          allowDeselect={false}
          data={levels.map(({ location }) => location)}
          value={level.location}
          onChange={setChosen}
        />
      </Group>
      <Entries key={level.location} level={level} />
    </Card>
  );
}

function Entries({ level }: { readonly level: StockLevel }) {
  const holdfast = useHoldfast();
  const { sku, location, version } = level;
  const ledger = useInfiniteQuery({
    queryKey: ["ledger", sku, location],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => holdfast.listMovements({ sku, location, limit: pageEntries, cursor: pageParam }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // SQL has a change within seconds.
    refetchInterval: ({ state }) => ((state.data?.pages[0]?.items[0]?.version ?? 0) < version ? catchUpMs : false),
  });
  const entries = ledger.data?.pages.flatMap(({ items }) => items) ?? [];
  if (ledger.error) return <ProblemAlert error={ledger.error} />;
  if (entries.length === 0)
    return <Text c="dimmed">{ledger.isPending ? "Reading…" : "No movement has arrived yet."}</Text>;
  return (
    <Stack gap="sm">
      <LedgerChart entries={entries} />
      <Table verticalSpacing={6} horizontalSpacing={6} aria-label={`Ledger of ${sku} at ${location}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th visibleFrom="sm">#</Table.Th>
            <Table.Th>Change</Table.Th>
            <Table.Th ta="right">Available</Table.Th>
            <Table.Th visibleFrom="md">By</Table.Th>
            <Table.Th ta="right">When</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} />
          ))}
        </Table.Tbody>
      </Table>
      {ledger.hasNextPage && (
        <Button variant="default" size="xs" onClick={() => ledger.fetchNextPage()} loading={ledger.isFetchingNextPage}>
          Earlier changes
        </Button>
      )}
    </Stack>
  );
}

function EntryRow({ entry }: { readonly entry: LedgerEntry }) {
  const { version, kind, deltas, level, actor, reason, at } = entry;
  const changes = quantityNames.flatMap((name) => {
    const delta = deltas[name];
    return delta === undefined ? [] : [`${quantities[name].label.toLowerCase()} ${formatSigned(delta)}`];
  });
  return (
    <Table.Tr>
      <Table.Td c="dimmed" className="number" visibleFrom="sm">
        {version}
      </Table.Td>
      <Table.Td>
        <Text size="sm">
          <strong>{movementKinds[kind].label}</strong>{" "}
          <span className="number">{changes.join(", ") || "no change"}</span>
        </Text>
        {reason !== undefined && (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right" className="number">
        {formatQuantity(level.available)}
      </Table.Td>
      <Table.Td visibleFrom="md">{actor}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        <Text size="sm" className="number">
          {formatTime(at)}
        </Text>
        <Text size="xs" c="dimmed">
          {formatDay(at)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

const quantityNames = Object.keys(quantities) as readonly (keyof LedgerEntry["deltas"])[];

function LedgerChart({ entries }: { readonly entries: readonly LedgerEntry[] }) {
  if (entries.length < 2) return null;
  const oldestFirst = entries.toReversed();
  const series = [
    { label: quantities.onHand.label, values: oldestFirst.map(({ level }) => level.onHand) },
    { label: "Available", values: oldestFirst.map(({ level }) => level.available) },
  ];
  const times = oldestFirst.map(({ at }) => Date.parse(at) / 1_000);
  return <TimeChart label="On hand and available over time" times={times} series={series} isStepped />;
}
