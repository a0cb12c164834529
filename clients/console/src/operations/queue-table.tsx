import type { QueueState } from "@holdfast/sdk";
import { Badge, Card, Table, Text, Title } from "@mantine/core";
import { formatName, formatQuantity } from "../format.ts";

export function QueueTable({ queues }: { readonly queues: readonly QueueState[] }) {
  const longest = Math.max(1, ...queues.map(lengthOf));
  return (
    <Card withBorder className="surface">
      <Title order={2} size="h4" mb="xs">
        Queues
      </Title>
      <Table verticalSpacing="sm" horizontalSpacing={6} aria-label="Queues" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="40%">Queue</Table.Th>
            <Table.Th ta="right">Waiting</Table.Th>
            <Table.Th ta="right">In flight</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">
              Not due
            </Table.Th>
            <Table.Th ta="right">Dead</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {queues.map((queue) => (
            <Table.Tr key={queue.name} data-queue={queue.name}>
              <Table.Td>
                <Text size="sm" fw={600}>
                  {formatName(queue.name)}
                </Text>
                <QueueBar queue={queue} longest={longest} />
              </Table.Td>
              <Table.Td ta="right" fw={700} className="number" data-count="depth">
                {shown(queue.depth)}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {shown(queue.inFlight)}
              </Table.Td>
              <Table.Td ta="right" className="number" visibleFrom="sm">
                {shown(queue.delayed)}
              </Table.Td>
              <Table.Td ta="right" className="number" data-count="deadLetters">
                <DeadCount count={queue.deadLetters} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt="xs">
        The queue's service counts nearly, seconds late. What is not due waits on purpose: a reservation for its
        deadline, a webhook for its next try.
      </Text>
    </Card>
  );
}

const shown = (count: number | null): string => (count === null ? "–" : formatQuantity(count));
const lengthOf = ({ depth, inFlight, delayed }: QueueState): number => (depth ?? 0) + (inFlight ?? 0) + (delayed ?? 0);

/** Shows waiting, in-flight and delayed messages relative to the longest queue. The numbers next to it say the same. */
function QueueBar({ queue, longest }: { readonly queue: QueueState; readonly longest: number }) {
  const share = (count: number | null) => `${(100 * (count ?? 0)) / longest}%`;
  return (
    <div className="bar" aria-hidden="true" style={{ marginTop: 6 }}>
      <span className="available" style={{ width: share(queue.depth) }} />
      <span className="reserved" style={{ width: share(queue.inFlight) }} />
      <span className="other" style={{ width: share(queue.delayed) }} />
    </div>
  );
}

function DeadCount({ count }: { readonly count: number | null }) {
  if (count === null || count === 0) return shown(count);
  return (
    <Badge color="red" variant="filled" size="lg">
      {formatQuantity(count)}
    </Badge>
  );
}
