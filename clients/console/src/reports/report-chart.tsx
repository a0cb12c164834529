import { Card, Text, Title } from "@mantine/core";
import { BarList } from "../charts/bar-list.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import type { ReportChartData } from "./report-view.ts";

export function ReportChart({ chart }: { readonly chart: ReportChartData }) {
  return (
    <Card withBorder className="surface">
      <Title order={2} size="h5" mb="sm">
        {chart.title}
      </Title>
      {chart.kind === "days" ? (
        <TimeChart
          label={chart.title}
          grain="days"
          times={chart.days.map((day) => Date.parse(day) / 1_000)}
          series={chart.series}
        />
      ) : chart.bars.length === 0 ? (
        <Text c="dimmed">None in this period</Text>
      ) : (
        <BarList label={chart.title} bars={chart.bars} unit={chart.unit} />
      )}
    </Card>
  );
}
