import { describe, expect, it } from "vitest";
import { Bucket } from "../data/bucket.ts";
import { EventBus } from "../messaging/event-bus.ts";
import { Queue } from "../messaging/queue.ts";
import { ChangeStream } from "../streaming/change-stream.ts";
import { probe, type Synthesized, synthesize } from "../synthesized.fixture.ts";
import { Alarms, type AlarmsProps } from "./alarms.ts";

type Stack = Parameters<Parameters<typeof synthesize>[0]>[0];

const alarmsOf = (stack: Stack, props: Partial<AlarmsProps> = {}) =>
  new Alarms(stack, "alarms", { name: "shop", environment: "test", runbook: "docs/operations.md", ...props });

const byName = (output: Synthesized) =>
  new Map(output.all("aws_cloudwatch_metric_alarm").map((body) => [String(body.alarm_name), body]));

describe("Alarms", () => {
  it("watches functions, their streams, queues, dead letters and undelivered events (watch)", () => {
    const output = synthesize((stack) => {
      const fn = probe(stack);
      const queue = new Queue(stack, "mail", { name: "shop-mail" });
      const bus = new EventBus(stack, "events", { name: "shop-events", source: "shop" });
      bus.on("OrderMade", queue);
      const onFailure = new Bucket(stack, "failures", { name: "shop-failures" });
      queue.consumedBy(fn);
      new ChangeStream(stack, "changes", { name: "shop-changes" }).consumedBy(fn, { onFailure });
      alarmsOf(stack).watch(stack);
    });
    expect([...byName(output).keys()].sort()).toEqual([
      "shop-mail-dead-letters",
      "shop-mail-message-age",
      "shop-probe-errors",
      "shop-probe-iterator-age",
      "shop-probe-throttles",
      "shop-to-mail-undelivered",
    ]);
    expect(byName(output).get("shop-mail-dead-letters")).toMatchObject({
      namespace: "AWS/SQS",
      metric_name: "ApproximateNumberOfMessagesVisible",
      threshold: 0,
      dimensions: { QueueName: "shop-mail-dead" },
      alarm_description:
        "shop-mail-dead holds messages that its consumer failed on. What to do: docs/operations.md#dead-letters",
    });
    expect(byName(output).get("shop-to-mail-undelivered")).toMatchObject({
      dimensions: { QueueName: "shop-events-mail-undelivered" },
    });
  });

  it("makes no alarm for the age of records when a function reads only queues", () => {
    const output = synthesize((stack) => {
      const fn = probe(stack);
      new Queue(stack, "mail", { name: "shop-mail" }).consumedBy(fn);
      alarmsOf(stack).watchFunction(fn);
    });
    expect([...byName(output).keys()]).toEqual(["shop-probe-errors", "shop-probe-throttles"]);
  });

  it("sends a message to the topic when an alarm starts and ends, and none by default", () => {
    const topicArn = "arn:aws:sns:eu-west-1:000000000000:pager";
    const output = (props: Partial<AlarmsProps>) =>
      synthesize((stack) => alarmsOf(stack, props).watchFunction(probe(stack))).all("aws_cloudwatch_metric_alarm");
    for (const alarm of output({ topicArn })) {
      expect(alarm).toMatchObject({ alarm_actions: [topicArn], ok_actions: [topicArn] });
    }
    for (const alarm of output({})) expect(alarm).not.toHaveProperty("alarm_actions");
  });

  it("watches a percentile of one function's metric, and ignores it when there are few samples", () => {
    const output = synthesize((stack) => {
      alarmsOf(stack).watchMetric({
        metric: "ExpiryLag",
        service: "expiry",
        statistic: "p99",
        threshold: 5_000,
        periodCount: 3,
        meaning: "Late.",
        anchor: "late",
      });
    });
    expect(output.one("aws_cloudwatch_metric_alarm")).toEqual(
      expect.objectContaining({
        alarm_name: "shop-expiry-ExpiryLag-p99",
        namespace: "Holdfast",
        metric_name: "ExpiryLag",
        dimensions: { service: "expiry", environment: "test" },
        extended_statistic: "p99",
        evaluate_low_sample_count_percentiles: "ignore",
        threshold: 5_000,
        comparison_operator: "GreaterThanThreshold",
        evaluation_periods: 3,
        period: 300,
        treat_missing_data: "notBreaching",
      }),
    );
  });

  it("sums a metric over all functions with a query, which contains the period", () => {
    const output = synthesize((stack) => {
      alarmsOf(stack).watchMetric({
        metric: "CacheUnavailable",
        statistic: "Sum",
        threshold: 50,
        meaning: "Away.",
        anchor: "away",
      });
    });
    const alarm = output.one("aws_cloudwatch_metric_alarm");
    expect(alarm.metric_query).toEqual([
      {
        id: "sum",
        period: 300,
        return_data: true,
        expression: `SELECT SUM("CacheUnavailable") FROM SCHEMA("Holdfast", environment, service) WHERE environment = 'test'`,
      },
    ]);
    for (const other of ["period", "metric_name", "namespace", "dimensions", "statistic"]) {
      expect(alarm).not.toHaveProperty(other);
    }
  });

  it("refuses a percentile over all functions", () => {
    const build = () =>
      synthesize((stack) => {
        const late = { metric: "ExpiryLag", statistic: "p99", threshold: 1, meaning: "Late.", anchor: "late" } as const;
        alarmsOf(stack).watchMetric(late);
      });
    expect(build).toThrow("name the service whose ExpiryLag is watched");
  });
});
