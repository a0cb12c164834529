import type { Report } from "@holdfast/sdk";
import { Card, Table, Text } from "@mantine/core";
import { formatDate, formatInstant, formatName, formatQuantity, formatShare } from "../format.ts";

const rowsShown = 100;
/** Columns with a share, where 1 is 100 %. */
const shareColumns = new Set(["sell_through", "stockout_rate"]);

/** Shows the first rows. The CSV has all of them. */
export function ReportTable({ report, columns }: { readonly report: Report; readonly columns: readonly string[] }) {
  const { rows, name, asOf } = report;
  const isNumber = (column: string) => rows.some((row) => typeof row[column] === "number");
  const align = new Map(columns.map((column) => [column, isNumber(column) ? ("right" as const) : ("left" as const)]));
  return (
    <Card withBorder padding={0} className="surface">
      <Text size="sm" c="dimmed" p="sm">
        {rows.length > rowsShown
          ? `The first ${rowsShown} of ${formatQuantity(rows.length)} rows`
          : rowCount(rows.length)}
        , as of {formatInstant(asOf)}
      </Text>
      <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
        <Table striped verticalSpacing={6} horizontalSpacing="sm" fz="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} ta={align.get(column)}>
                  {formatName(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, rowsShown).map((row, at) => (
              // Rows have no id, and they never change places: each answer makes a new table.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Table.Tr key={at}>
                {columns.map((column) => (
                  <Table.Td key={column} ta={align.get(column)} className="number" style={{ whiteSpace: "nowrap" }}>
                    {cellText(column, row[column])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

const rowCount = (count: number): string => (count === 1 ? "1 row" : `${count} rows`);

function cellText(column: string, value: Report["rows"][number][string] | undefined): string {
  if (value === null || value === undefined) return shareColumns.has(column) ? "–" : "";
  if (typeof value === "number") return shareColumns.has(column) ? formatShare(value) : formatQuantity(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return formatDate(value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? formatInstant(value) : value;
}
