import type { Report } from "@holdfast/sdk";
import { Select, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatName } from "../format.ts";
import { BarList } from "./bar-list.tsx";
import { chartOf, measuresOf } from "./report-series.ts";
import { TimeChart } from "./time-chart.tsx";

/** A report with days is drawn over time, any other as its largest bars. */
export function ReportChart({ columns, rows }: { readonly columns: readonly string[]; readonly rows: Report["rows"] }) {
  const measures = useMemo(() => measuresOf(columns, rows), [columns, rows]);
  const [chosen, setChosen] = useState<string | null>(null);
  const measure = measures.includes(chosen ?? "") ? chosen : measures[0];
  const chart = useMemo(() => (measure ? chartOf(columns, rows, measure) : undefined), [columns, rows, measure]);
  if (measure === undefined || measure === null || chart === undefined) {
    return <Text c="dimmed">There is nothing to draw.</Text>;
  }
  const label = `${formatName(measure)} by ${formatName(chart.by).toLowerCase()}`;
  return (
    <Stack gap="sm">
      <Select
        aria-label="What the chart shows"
        size="sm"
        w={220}
        allowDeselect={false}
        data={measures.map((name) => ({ value: name, label: formatName(name) }))}
        value={measure}
        onChange={setChosen}
      />
      {chart.kind === "time" ? (
        <TimeChart label={label} times={chart.times} series={chart.series} />
      ) : (
        <BarList label={label} bars={chart.bars} />
      )}
    </Stack>
  );
}
