import { describe, expect, it, onTestFinished, vi } from "vitest";
import { EmbeddedMetrics } from "../../../test/support/embedded-metrics.ts";
import { createMeter, metered } from "./meter.ts";

const environment = { ENVIRONMENT: "test", POWERTOOLS_SERVICE_NAME: "stock" };

/** Opens a meter and captures the lines that it writes to standard output. */
function openMeter() {
  const lines: string[] = [];
  const written = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  onTestFinished(() => written.mockRestore());
  return { meter: createMeter(environment), lines: () => lines.map((line) => EmbeddedMetrics.parse(JSON.parse(line))) };
}

const dimensions = ["service", "environment"];

describe("createMeter", () => {
  it("writes the metrics of an invocation as one line, with all values of one metric together", () => {
    const { meter, lines } = openMeter();
    meter.count("CacheHit");
    meter.count("CacheHit", 2);
    meter.measure("FeedLag", 120);
    expect(lines()).toEqual([]);
    meter.flush();
    expect(lines()).toMatchObject([
      {
        service: "stock",
        environment: "test",
        CacheHit: [1, 2],
        FeedLag: 120,
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: "Holdfast",
              Dimensions: [dimensions],
              Metrics: [
                { Name: "CacheHit", Unit: "Count" },
                { Name: "FeedLag", Unit: "Milliseconds" },
              ],
            },
          ],
        },
      },
    ]);
  });

  it("writes one more line for each set of labels, and no value twice", () => {
    const { meter, lines } = openMeter();
    meter.measure("Refusals", 1, { code: "insufficient_stock" });
    meter.measure("CommandDuration", 12, { operation: "holdReservation", outcome: "refused" });
    meter.flush();
    meter.flush();
    meter.measure("Refusals", 1, { code: "insufficient_stock" });
    meter.flush();
    const labelled = lines().map(({ _aws }) => _aws.CloudWatchMetrics[0].Dimensions[0]);
    expect(labelled).toEqual([
      [...dimensions, "code"],
      [...dimensions, "operation", "outcome"],
      [...dimensions, "code"],
    ]);
    expect(lines()[1]).toMatchObject({ operation: "holdReservation", outcome: "refused", CommandDuration: 12 });
  });

  it("writes all values when there are more than fit in one line", () => {
    const { meter, lines } = openMeter();
    for (let value = 0; value < 250; value++) meter.measure("ExpiryLag", value);
    meter.flush();
    expect(lines().flatMap((line) => line.ExpiryLag)).toHaveLength(250);
  });
});

describe("metered", () => {
  it("writes the metrics when the invocation ends, even with an error", async () => {
    const { meter, lines } = openMeter();
    const handler = metered(meter, async (fails: boolean) => {
      meter.count("MailsSent");
      expect(lines()).toHaveLength(fails ? 1 : 0);
      if (fails) throw new Error("no answer");
      return "sent";
    });
    expect(await handler(false)).toBe("sent");
    await expect(handler(true)).rejects.toThrow("no answer");
    expect(lines().map(({ MailsSent }) => MailsSent)).toEqual([1, 1]);
  });
});
