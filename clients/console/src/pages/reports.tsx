import type { Report } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { Button, Card, Group, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { CsvButton } from "../reports/csv-button.tsx";
import { boundsOf } from "../reports/period.ts";
import { ReportChart } from "../reports/report-chart.tsx";
import { type ReportFilter, ReportFilters } from "../reports/report-filters.tsx";
import { ReportTable } from "../reports/report-table.tsx";
import { reportViews } from "../reports/report-view.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";
import { Tile } from "../shell/tile.tsx";

export function ReportsPage({ name }: { readonly name: string | undefined }) {
  const holdfast = useHoldfast();
  const list = useQuery({ queryKey: ["reports"], queryFn: () => holdfast.listReports(), staleTime: 300_000 });
  const reports = list.data?.items.filter((report) => report.name in reportViews) ?? [];
  const chosen = reports.find((report) => report.name === name) ?? reports[0];
  /** Kept when the user opens another report. Each report has its own period until the user chooses one. */
  const [filter, setFilter] = useState<Partial<ReportFilter>>({});
  return (
    <>
      <PageTitle title="Reports" about={chosen?.title ?? "From the reporting views."} />
      <ProblemAlert error={list.error} />
      {chosen !== undefined && (
        <Stack>
          <ReportLinks names={reports.map((report) => report.name)} chosen={chosen.name} />
          <ReportCards
            key={chosen.name}
            name={chosen.name}
            columns={chosen.columns}
            filter={{ period: reportViews[chosen.name].period, ...filter }}
            onFilter={setFilter}
          />
        </Stack>
      )}
    </>
  );
}

function ReportLinks({
  names,
  chosen,
}: {
  readonly names: readonly Report["name"][];
  readonly chosen: Report["name"];
}) {
  return (
    <nav className="report-links" aria-label="Reports">
      {names.map((name) => (
        <Button
          key={name}
          renderRoot={(props) => <Link to="/reports" search={{ name }} {...props} />}
          size="compact-sm"
          variant={name === chosen ? "filled" : "subtle"}
          color={name === chosen ? undefined : "gray"}
          aria-current={name === chosen ? "page" : undefined}
        >
          {reportViews[name].label}
        </Button>
      ))}
    </nav>
  );
}

function ReportCards(props: {
  readonly name: Report["name"];
  readonly columns: readonly string[];
  readonly filter: ReportFilter;
  readonly onFilter: (filter: ReportFilter) => void;
}) {
  const { name, columns, filter, onFilter } = props;
  const holdfast = useHoldfast();
  const query = { location: filter.location, sku: filter.sku, ...boundsOf(filter.period, Date.now()) };
  const report = useQuery({
    queryKey: ["report", name, query],
    queryFn: ({ signal }) => holdfast.getReport({ name, ...query }, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Group align="flex-end" gap="sm">
        <ReportFilters filter={filter} onChange={onFilter} />
        <CsvButton name={name} query={query} />
      </Group>
      {report.error ? (
        <ProblemAlert error={report.error} />
      ) : report.data === undefined ? (
        <Skeleton height={320} aria-label="Reading the report" role="status" />
      ) : (
        <ReportBody report={report.data} columns={columns} />
      )}
    </>
  );
}

function ReportBody({ report, columns }: { readonly report: Report; readonly columns: readonly string[] }) {
  const { figures, chart } = reportViews[report.name];
  const shown = useMemo(() => ({ figures: figures(report.rows), chart: chart(report.rows) }), [figures, chart, report]);
  if (report.rows.length === 0) return <Nothing />;
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {shown.figures.map(({ label, value }) => (
          <Tile key={label} title={label} value={value} />
        ))}
      </SimpleGrid>
      <ReportChart chart={shown.chart} />
      <ReportTable report={report} columns={columns} />
    </>
  );
}

function Nothing() {
  return (
    <Card withBorder className="surface" py="xl">
      <Text fw={600} ta="center">
        Nothing in this period
      </Text>
      <Text size="sm" c="dimmed" ta="center">
        A longer period, another location or another SKU may have something.
      </Text>
    </Card>
  );
}
