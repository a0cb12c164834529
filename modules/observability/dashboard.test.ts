import { describe, expect, it } from "vitest";
import { synthesize } from "../synthesized.fixture.ts";
import { Dashboard, type Graph, search } from "./dashboard.ts";

const graph = (title: string): Graph => ({
  title,
  statistic: "Maximum",
  lines: [{ namespace: "AWS/SQS", metric: "Age", dimensions: { QueueName: "mail" }, label: "mail" }],
});

function bodyOf(rows: ConstructorParameters<typeof Dashboard>[2]["rows"]) {
  const output = synthesize((stack) => void new Dashboard(stack, "d", { name: "shop", region: "eu-west-1", rows }));
  const { dashboard_name, dashboard_body } = output.one("aws_cloudwatch_dashboard");
  return { name: dashboard_name, ...JSON.parse(String(dashboard_body)) };
}

describe("Dashboard", () => {
  it("places rows of graphs below their headings, over the whole width and without overlap", () => {
    const { name, widgets } = bodyOf([
      { title: "One", graphs: [graph("a"), graph("b"), graph("c")] },
      { title: "Two", graphs: [graph("d")] },
    ]);
    expect(name).toBe("shop");
    const places = widgets.map(({ type, x, y, width, height }: Record<string, unknown>) => [type, x, y, width, height]);
    expect(places).toEqual([
      ["text", 0, 0, 24, 1],
      ["metric", 0, 1, 8, 6],
      ["metric", 8, 1, 8, 6],
      ["metric", 16, 1, 8, 6],
      ["text", 0, 7, 24, 1],
      ["metric", 0, 8, 24, 6],
    ]);
    expect(widgets[1].properties).toMatchObject({
      title: "a",
      region: "eu-west-1",
      stat: "Maximum",
      metrics: [["AWS/SQS", "Age", "QueueName", "mail", { label: "mail" }]],
    });
  });

  it("draws the metrics that a search finds, and hides lines that only other expressions use", () => {
    const found = search({ namespace: "Shop", metric: "Sold", dimensions: ["shop"], statistic: "Sum" });
    const lines = [
      { id: "sold", expression: found, hidden: true as const },
      { expression: "sold * 2", label: "twice" },
    ];
    const { widgets } = bodyOf([{ title: "Sold", graphs: [{ title: "Sold", lines }] }]);
    expect(widgets[1].properties.metrics).toEqual([
      [{ id: "sold", expression: `SEARCH('{"Shop",shop} MetricName="Sold" ', 'Sum', 60)`, visible: false }],
      [{ expression: "sold * 2", label: "twice" }],
    ]);
  });

  it("refuses a row with too many graphs", () => {
    expect(() => bodyOf([{ title: "Many", graphs: ["a", "b", "c", "d", "e"].map(graph) }])).toThrow(
      'the row "Many" has 5 graphs; 4 fit',
    );
  });
});
