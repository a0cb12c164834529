import { readFileSync } from "node:fs";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import { environments } from "../../config/environments.ts";
import { metrics } from "../../contract/metric.ts";
import { Foundation, Service } from "../../modules/index.ts";
import { emptyBundles, Synthesized, temporaryFolder } from "../../modules/synthesized.fixture.ts";

const text = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

describe("docs/operations.md", () => {
  it("lists every metric with unit, dimensions and meaning, and no other", () => {
    const rows = [...text.matchAll(/^\| `(\w+)` \| (Count|Milliseconds) \| (.*?) \| (.*?) \|$/gm)].map(
      ([, name, unit, labels = "", meaning]) => [name, { unit, labels: labels.match(/\w+/g) ?? [], meaning }],
    );
    expect(rows).toEqual(Object.entries(metrics));
  });

  it("has a section for each alarm, and an alarm for each section", () => {
    const [environment] = environments;
    if (!environment) throw new Error("config/ has no environment");
    const app = new App({ outdir: temporaryFolder() });
    const foundation = new Foundation(app, "foundation", environment);
    const service = new Service(app, "service", { environment, foundation, bundles: emptyBundles(), console: [] });
    service.prepareStack();
    const alarms = new Synthesized(JSON.parse(JSON.stringify(service.toTerraform()))).all(
      "aws_cloudwatch_metric_alarm",
    );
    const named = alarms.map(({ alarm_description }) => String(alarm_description).split("docs/operations.md#").at(-1));
    const sections = [...text.matchAll(/^### (.*)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(" ", "-"),
    );
    expect([...new Set(named)].sort()).toEqual(sections.sort());
  });
});
