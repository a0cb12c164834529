import { quantities, type StockLevel } from "@holdfast/sdk";
import { Table, Text } from "@mantine/core";
import { useLocations } from "../queries.ts";
import { Quantity } from "./quantity.tsx";

export function LevelsTable({ levels }: { readonly levels: readonly StockLevel[] }) {
  const names = new Map<string, string>(useLocations().map(({ id, name }) => [id, name]));
  if (levels.length === 0) return <Text c="dimmed">No location has ever had stock of this item.</Text>;
  return (
    <Table verticalSpacing="sm" horizontalSpacing={6} aria-label="Levels by location">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="45%">Location</Table.Th>
          <Table.Th ta="right">Available</Table.Th>
          <Table.Th ta="right">{quantities.onHand.label}</Table.Th>
          <Table.Th ta="right">{quantities.reserved.label}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {quantities.incoming.label}
          </Table.Th>
          <Table.Th ta="right" visibleFrom="md">
            Version
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {levels.map((level) => (
          <Table.Tr key={level.location} data-location={level.location}>
            <Table.Td>
              <Text size="sm" fw={600}>
                {names.get(level.location) ?? level.location}
              </Text>
              <LevelBar level={level} />
            </Table.Td>
            <Table.Td ta="right" fw={700} data-quantity="available">
              <Quantity value={level.available} />
            </Table.Td>
            <Table.Td ta="right" data-quantity="onHand">
              <Quantity value={level.onHand} />
            </Table.Td>
            <Table.Td ta="right" data-quantity="reserved">
              <Quantity value={level.reserved} />
            </Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              <Quantity value={level.incoming} />
            </Table.Td>
            <Table.Td ta="right" visibleFrom="md" c="dimmed" className="number">
              {level.version}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Shows the shares of stock on hand: available, reserved and neither. The numbers next to it say the same. */
function LevelBar({ level }: { readonly level: StockLevel }) {
  const whole = Math.max(1, level.onHand ?? level.available);
  const share = (quantity: number) => `${(100 * Math.max(0, quantity)) / whole}%`;
  const reserved = level.reserved ?? 0;
  const available = Math.min(whole, level.available);
  return (
    <div className="bar" aria-hidden="true" style={{ marginTop: 6 }}>
      <span className="available" style={{ width: share(available) }} />
      <span className="reserved" style={{ width: share(reserved) }} />
      <span className="other" style={{ width: share((level.onHand ?? 0) - reserved - Math.max(0, available)) }} />
    </div>
  );
}
