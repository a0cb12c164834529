import { describe, expect, it } from "vitest";
import { probe, synthesize } from "../synthesized.fixture.ts";
import { EventBus } from "./event-bus.ts";
import { Queue } from "./queue.ts";

type Shopping = "OrderPlaced" | "OrderPaid";
const props = { name: "shop-events", source: "shop" };

function withRule() {
  return synthesize((stack) => {
    const bus = new EventBus<Shopping>(stack, "events", props);
    bus.on(["OrderPlaced", "OrderPaid"], new Queue(stack, "mail", { name: "shop-mail" }), {
      detail: { total: [{ numeric: [">", 100] }] },
    });
  });
}

describe("EventBus", () => {
  it("keeps what its source sends in an archive", () => {
    const output = synthesize((stack) => void new EventBus(stack, "events", props));
    expect(output.types()).toEqual(["aws_cloudwatch_event_archive", "aws_cloudwatch_event_bus"]);
    expect(output.one("aws_cloudwatch_event_archive")).toMatchObject({
      event_pattern: '{"source":["shop"]}',
      event_source_arn: expect.stringContaining("aws_cloudwatch_event_bus.events_bus"),
      retention_days: 30,
    });
  });

  it("lets a publisher put events on it, and no more", () => {
    const output = synthesize((stack) => new EventBus(stack, "events", props).grantPublish(probe(stack)));
    expect(output.statements().slice(2)).toEqual([
      { Effect: "Allow", Action: ["events:PutEvents"], Resource: [expect.stringContaining("event_bus.events_bus")] },
    ]);
  });

  it("sends the types and details asked for to the queue, with dead letters of the target's own", () => {
    const output = withRule();
    expect(output.types()).toEqual([
      "aws_cloudwatch_event_archive",
      "aws_cloudwatch_event_bus",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_sqs_queue", // the queue
      "aws_sqs_queue", // its dead letters: what its consumer fails on
      "aws_sqs_queue", // the target's: what the bus could not bring
      "aws_sqs_queue_policy", // the rule may send to the queue
      "aws_sqs_queue_policy", // and to the target's dead letters
    ]);
    expect(JSON.parse(String(output.one("aws_cloudwatch_event_rule").event_pattern))).toEqual({
      source: ["shop"],
      "detail-type": ["OrderPlaced", "OrderPaid"],
      detail: { total: [{ numeric: [">", 100] }] },
    });
    expect(output.one("aws_cloudwatch_event_target")).toMatchObject({
      arn: expect.stringContaining("aws_sqs_queue.mail_queue"),
      dead_letter_config: { arn: expect.stringContaining("undelivered") },
    });
  });

  it("opens both queues to its rule alone", () => {
    const statements = withRule()
      .all("aws_sqs_queue_policy")
      .map(({ policy }) => JSON.parse(String(policy).replaceAll(/\$\{[^}]*\}/g, "arn")).Statement);
    const allowed = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "arn",
      Condition: { ArnEquals: { "aws:SourceArn": "arn" } },
    };
    expect(statements).toEqual([[allowed], [allowed]]);
  });
});
