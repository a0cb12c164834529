import { Card, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useItems } from "../queries.ts";
import { Icon } from "../shell/icons.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";
import { StockCell } from "../stock/stock-cell.tsx";

const typingMs = 200;

export function CataloguePage() {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), typingMs);
  const { data, error, isPending } = useItems(search);
  const items = data?.items ?? [];
  return (
    <>
      <PageTitle title="Catalogue" about="Every item, with what is available of it at all locations." />
      <TextInput
        type="search"
        size="md"
        mb="md"
        maw={520}
        aria-label="Search the catalogue"
        placeholder="Search by SKU, name, description or barcode"
        leftSection={<Icon name="search" size={18} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProblemAlert error={error} />
      <Card withBorder padding={0} className="surface">
        <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover aria-label="Items">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th visibleFrom="sm">SKU</Table.Th>
              <Table.Th visibleFrom="md">Barcode</Table.Th>
              <Table.Th ta="right">Available</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ sku, name, barcodes }) => (
              <Table.Tr key={sku} data-sku={sku}>
                <Table.Td>
                  <Link to="/items/$sku" params={{ sku }} className="row-link">
                    {name}
                  </Link>
                  <Text size="xs" c="dimmed" className="code" hiddenFrom="sm">
                    {sku}
                  </Text>
                </Table.Td>
                <Table.Td visibleFrom="sm" className="code">
                  {sku}
                </Table.Td>
                <Table.Td visibleFrom="md" className="code" c="dimmed">
                  {barcodes[0] ?? ""}
                </Table.Td>
                <Table.Td ta="right">
                  <StockCell sku={sku} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {items.length === 0 && (
          <Text p="md" c="dimmed" role="status">
            {isPending ? "Reading…" : search === "" ? "The catalogue is empty." : `Nothing fits “${search}”.`}
          </Text>
        )}
      </Card>
      {data?.isCut && (
        <Text size="sm" c="dimmed" mt="sm">
          There are more than these {items.length}: search to narrow them down.
        </Text>
      )}
    </>
  );
}
