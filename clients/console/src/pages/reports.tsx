import type { Report } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { Button, Card, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ReportChart } from "../charts/report-chart.tsx";
import { formatInstant, formatName, formatQuantity } from "../format.ts";
import { useLocations } from "../queries.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";

const ROWS_SHOWN = 100;

interface Filter {
  readonly location?: string;
  readonly sku?: string;
  readonly from?: string;
}

export function ReportsPage({ name }: { readonly name: string | undefined }) {
  const holdfast = useHoldfast();
  const navigate = useNavigate();
  const list = useQuery({ queryKey: ["reports"], queryFn: () => holdfast.listReports(), staleTime: 300_000 });
  const chosen = list.data?.items.find((report) => report.name === name) ?? list.data?.items[0];
  const [filter, setFilter] = useState<Filter>({});
  return (
    <>
      <PageTitle title="Reports" about={chosen?.title ?? "From the reporting views."} />
      <ProblemAlert error={list.error} />
      {chosen !== undefined && (
        <Stack>
          <Group align="flex-end" gap="sm">
            <Select
              label="Report"
              w={220}
              allowDeselect={false}
              data={list.data?.items.map((report) => ({ value: report.name, label: formatName(report.name) })) ?? []}
              value={chosen.name}
              onChange={(next) => navigate({ to: "/reports", search: { name: next ?? undefined } })}
            />
            <Filters filter={filter} onChange={setFilter} />
            <CsvButton name={chosen.name} filter={filter} />
          </Group>
          <ReportCard key={chosen.name} name={chosen.name} columns={chosen.columns} filter={filter} />
        </Stack>
      )}
    </>
  );
}

function Filters({ filter, onChange }: { readonly filter: Filter; readonly onChange: (filter: Filter) => void }) {
  const locations = useLocations();
  const [sku, setSku] = useState(filter.sku ?? "");
  return (
    <>
      <Select
        label="Location"
        placeholder="All"
        clearable
        clearButtonProps={{ "aria-label": "All locations" }}
        w={160}
        data={locations.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.location ?? null}
        onChange={(location) => onChange({ ...filter, location: location ?? undefined })}
      />
      <TextInput
        label="SKU"
        placeholder="All"
        w={160}
        value={sku}
        onChange={(event) => setSku(event.currentTarget.value)}
        onBlur={() => onChange({ ...filter, sku: sku.trim() || undefined })}
        onKeyDown={(event) => event.key === "Enter" && onChange({ ...filter, sku: sku.trim() || undefined })}
      />
      <TextInput
        label="Since"
        type="date"
        w={160}
        value={filter.from?.slice(0, 10) ?? ""}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...filter, from: value === "" ? undefined : `${value}T00:00:00.000Z` })
        }
      />
    </>
  );
}

function CsvButton({ name, filter }: { readonly name: string; readonly filter: Filter }) {
  const holdfast = useHoldfast();
  const download = useMutation({
    mutationFn: async () => {
      // As CSV the answer is text.
      const { body } = await holdfast.call("getReport", { name, ...filter, format: "csv" });
      const url = URL.createObjectURL(new Blob([String(body)], { type: "text/csv" }));
      const link = Object.assign(document.createElement("a"), { href: url, download: `${name}.csv` });
      link.click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <Button variant="default" onClick={() => download.mutate()} loading={download.isPending}>
      CSV
    </Button>
  );
}

function ReportCard(props: { readonly name: string; readonly columns: readonly string[]; readonly filter: Filter }) {
  const { name, columns, filter } = props;
  const holdfast = useHoldfast();
  const report = useQuery({
    queryKey: ["report", name, filter],
    queryFn: ({ signal }) => holdfast.getReport({ name, ...filter }, { signal }),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => report.data?.rows ?? [], [report.data]);
  if (report.error) return <ProblemAlert error={report.error} />;
  if (report.data === undefined) return <Text c="dimmed">Reading…</Text>;
  return (
    <>
      <Card withBorder className="surface">
        <ReportChart columns={columns} rows={rows} />
      </Card>
      <Card withBorder padding={0} className="surface">
        <Text size="sm" c="dimmed" p="sm">
          {rows.length > ROWS_SHOWN
            ? `The first ${ROWS_SHOWN} of ${formatQuantity(rows.length)} rows`
            : `${rows.length} rows`}
          , as of {formatInstant(report.data.asOf)}
        </Text>
        <ReportTable columns={columns} rows={rows.slice(0, ROWS_SHOWN)} name={name} />
      </Card>
    </>
  );
}

function ReportTable(props: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: Report["rows"];
}) {
  const isNumber = (column: string) => typeof props.rows[0]?.[column] === "number";
  return (
    <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label={`Rows of ${props.name}`}>
      <Table striped verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Thead>
          <Table.Tr>
            {props.columns.map((column) => (
              <Table.Th key={column} ta={isNumber(column) ? "right" : "left"}>
                {formatName(column)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.rows.map((row, at) => (
            // Rows have no name of their own, and never change places: a new answer is a new table.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Table.Tr key={at}>
              {props.columns.map((column) => (
                <Table.Td
                  key={column}
                  ta={isNumber(column) ? "right" : "left"}
                  className="number"
                  style={{ whiteSpace: "nowrap" }}
                >
                  <Cell value={row[column]} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cell({ value }: { readonly value: Report["rows"][number][string] | undefined }) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatQuantity(value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? formatInstant(value) : value;
}
