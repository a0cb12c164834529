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
  it("stores the events of its source in an archive", () => {
    const output = synthesize((stack) => void new EventBus(stack, "events", props));
    expect(output.types()).toEqual(["aws_cloudwatch_event_archive", "aws_cloudwatch_event_bus"]);
    expect(output.one("aws_cloudwatch_event_archive")).toMatchObject({
      event_pattern: '{"source":["shop"]}',
      event_source_arn: expect.stringContaining("aws_cloudwatch_event_bus.events_bus"),
      retention_days: 30,
    });
  });

  it("allows a publisher to put events on it, and nothing else", () => {
    const output = synthesize((stack) => new EventBus(stack, "events", props).grantPublish(probe(stack)));
    expect(output.statements().slice(2)).toEqual([
      { Effect: "Allow", Action: ["events:PutEvents"], Resource: [expect.stringContaining("event_bus.events_bus")] },
    ]);
  });

  it("sends events of the given types and details to the queue, with a dead-letter queue for the target", () => {
    const output = withRule();
    expect(output.types()).toEqual([
      "aws_cloudwatch_event_archive",
      "aws_cloudwatch_event_bus",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_sqs_queue", // the queue
      "aws_sqs_queue", // its dead letters: messages that its consumer cannot handle
      "aws_sqs_queue", // the target's: events that the bus could not deliver
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

  it("allows only its rule to send to both queues", () => {
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
