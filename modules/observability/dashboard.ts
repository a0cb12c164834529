import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const gridWidth = 24;
const graphHeight = 6;
const graphsPerRowMax = 4;

export type Statistic = "Sum" | "Average" | "Maximum" | "SampleCount" | "p50" | "p99";

/** One metric, or an expression such as that of `search`. A `hidden` line is not drawn: other expressions use it. */
export type Line =
  | {
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly label?: string;
    }
  | { readonly expression: string; readonly label?: string; readonly id?: string; readonly hidden?: true };

export interface Graph {
  readonly title: string;
  /** How CloudWatch aggregates the values of one minute. @default Sum */
  readonly statistic?: Statistic;
  readonly lines: readonly Line[];
}

/** A heading and up to four graphs, side by side. */
export interface Row {
  readonly title: string;
  readonly graphs: readonly Graph[];
}

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  readonly rows: readonly Row[];
}

/**
 * A dashboard made of rows of graphs.
 * @throws when a row has more than four graphs
 * @example
 * const errors = { namespace: "AWS/Lambda", metric: "Errors", dimensions: { FunctionName: publicFunction.name } };
 * new Dashboard(stack, "dashboard", {
 *   name: "shop",
 *   region: "eu-west-1",
 *   rows: [{ title: "Functions", graphs: [{ title: "Errors", lines: [errors] }] }],
 * });
 */
export class Dashboard extends Construct {
  readonly dashboard: CloudwatchDashboard;

  constructor(scope: Construct, id: string, { name, region, rows }: DashboardProps) {
    super(scope, id);
    const crowded = rows.find(({ graphs }) => graphs.length > graphsPerRowMax);
    if (crowded) {
      throw new Error(
        `${this.node.path}: the row "${crowded.title}" has ${crowded.graphs.length} graphs; ${graphsPerRowMax} fit. Make two rows of it.`,
      );
    }
    const widgets = rows.flatMap((row, index) => rowWidgets(row, index * (graphHeight + 1), region));
    this.dashboard = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: physicalName("dashboard", name),
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}

/**
 * Returns an expression that finds every metric with exactly these dimensions. The graph shows a line for each. `where`
 * filters the metrics by a term such as `environment="prod"` (default: all). A value covers `periodSeconds`
 * (default: 60).
 */
export function search(options: {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly where?: string;
  readonly statistic: Statistic;
  readonly periodSeconds?: number;
}): string {
  const { namespace, metric, dimensions, where = "", statistic, periodSeconds = 60 } = options;
  const schema = [`"${namespace}"`, ...dimensions].join(",");
  return `SEARCH('{${schema}} MetricName="${metric}" ${where}', '${statistic}', ${periodSeconds})`;
}

function rowWidgets({ title, graphs }: Row, y: number, region: string): object[] {
  const width = gridWidth / graphs.length;
  const heading = { type: "text", x: 0, y, width: gridWidth, height: 1, properties: { markdown: `## ${title}` } };
  const widgets = graphs.map((graph, index) => ({
    type: "metric",
    x: index * width,
    y: y + 1,
    width,
    height: graphHeight,
    properties: {
      title: graph.title,
      region,
      view: "timeSeries",
      stat: graph.statistic ?? "Sum",
      period: 60,
      metrics: graph.lines.map(lineOf),
    },
  }));
  return [heading, ...widgets];
}

function lineOf(line: Line): readonly unknown[] {
  if ("expression" in line) {
    const { hidden, ...shown } = line;
    return [{ ...shown, ...(hidden && { visible: false }) }];
  }
  const { namespace, metric, dimensions, label } = line;
  return [namespace, metric, ...Object.entries(dimensions).flat(), ...(label === undefined ? [] : [{ label }])];
}
