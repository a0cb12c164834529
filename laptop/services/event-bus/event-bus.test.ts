import {
  DescribeReplayCommand,
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { clientOptions, uniqueName } from "../../testing/index.ts";
import { engineEndpoints } from "../engines.fixture.ts";
import { accountId, contextOf, eventually, manualTimers, region, temporaryFolder } from "../services.fixture.ts";
import { startEventBus } from "./event-bus.ts";
import type { TargetOptions } from "./event-bus-service.ts";

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function openBus(options: { folder?: string } = {}) {
  const endpoints = await engineEndpoints();
  const { timers, advance, waitForNext } = manualTimers();
  const invoked: string[] = [];
  const failing: { reason?: string } = {};
  const context = contextOf({
    endpoints,
    timers,
    storage: options.folder ? "disk" : "memory",
    ...(options.folder && { folder: options.folder }),
  });
  const service = await startEventBus({
    ...context,
    invokeFunction: async (arn, payload) => {
      if (failing.reason) throw new Error(failing.reason);
      invoked.push(`${arn} ${payload}`);
    },
  });
  const client = new EventBridgeClient(clientOptions(service.endpoint));
  const sqs = new SQSClient(clientOptions(endpoints.sqs));
  stops.push(
    () => service.stop(),
    () => client.destroy(),
    () => sqs.destroy(),
  );
  const { arn: busArn } = service.createBus({ name: "shop" });
  const put = (...entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries: entries }));
  const openQueue = async () => {
    const name = uniqueName("queue");
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const receive = async () => {
      const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ["All"] };
      return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
    };
    const bodies = async () => (await receive()).map(({ Body }) => JSON.parse(Body ?? ""));
    const remove = () => sqs.send(new DeleteQueueCommand({ QueueUrl }));
    return { arn: `arn:aws:sqs:${region}:${accountId}:${name}`, receive, bodies, remove };
  };
  const rule = (pattern: object, target: Pick<TargetOptions, "arn"> & Partial<TargetOptions>) => {
    const made = service.createRule({ name: uniqueName("rule"), busName: "shop", pattern: JSON.stringify(pattern) });
    const name = made.arn.split("/").at(-1) ?? "";
    service.putTarget({ rule: name, busName: "shop", targetId: "queue", ...target });
    return made.arn;
  };
  return { service, client, busArn, put, openQueue, rule, advance, waitForNext, invoked, failing };
}

const entry = (detail: object, fields: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: "shop",
  Source: "shop",
  DetailType: "OrderPlaced",
  Detail: JSON.stringify(detail),
  ...fields,
});

describe("startEventBus", () => {
  it("sends an event in EventBridge's format to the queues of the rules that match it", async () => {
    const { put, openQueue, rule } = await openBus();
    const [all, large] = [await openQueue(), await openQueue()];
    rule({ source: ["shop"] }, all);
    rule({ "detail-type": ["OrderPlaced"], detail: { total: [{ numeric: [">", 10] }] } }, large);
    const Time = new Date("2026-03-01T10:00:00.400Z");
    const { FailedEntryCount, Entries } = await put(entry({ total: 5 }, { Time }), entry({ total: 50 }));
    expect(FailedEntryCount).toBe(0);
    const received = await all.bodies();
    expect(received.map(({ detail }) => detail.total).sort()).toEqual([5, 50]);
    expect(received.find(({ detail }) => detail.total === 5)).toEqual({
      version: "0",
      id: Entries?.[0]?.EventId,
      "detail-type": "OrderPlaced",
      source: "shop",
      resources: [],
      account: accountId,
      region,
      time: "2026-03-01T10:00:00Z",
      detail: { total: 5 },
    });
    expect((await large.bodies()).map(({ detail }) => detail.total)).toEqual([50]);
  });

  it("refuses single entries and accepts the others", async () => {
    const { put, openQueue, rule } = await openBus();
    const queue = await openQueue();
    rule({ source: ["shop"] }, queue);
    const wrong = [entry({}, { Detail: "[1]" }), entry({}, { Source: "aws.s3" }), entry({}, { DetailType: "" })];
    const { FailedEntryCount, Entries } = await put(...wrong, entry({ n: 1 }));
    expect(FailedEntryCount).toBe(3);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "InvalidArgument",
      undefined,
    ]);
    expect(await queue.bodies()).toHaveLength(1);
  });

  it("refuses a call with more than ten entries, and a call to an unknown bus", async () => {
    const { put } = await openBus();
    const many = Array.from({ length: 11 }, () => entry({}));
    await expect(put(...many)).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put(entry({}, { EventBusName: "other" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("invokes functions", async () => {
    const { put, rule, invoked } = await openBus();
    const arn = `arn:aws:lambda:${region}:${accountId}:function:mail`;
    rule({ source: ["shop"] }, { arn, input: '{"fixed":true}' });
    await put(entry({}));
    expect(invoked).toEqual([`${arn} {"fixed":true}`]);
  });

  it("sends events for a deleted queue to the dead-letter queue, with the reason", async () => {
    const { put, openQueue, rule } = await openBus();
    const [queue, dead] = [await openQueue(), await openQueue()];
    const ruleArn = rule({ source: ["shop"] }, { arn: queue.arn, deadLetterArn: dead.arn });
    await queue.remove();
    await put(entry({ n: 1 }));
    const [message] = await dead.receive();
    expect(JSON.parse(message?.Body ?? "").detail).toEqual({ n: 1 });
    expect(message?.MessageAttributes).toMatchObject({
      RULE_ARN: { StringValue: ruleArn },
      TARGET_ARN: { StringValue: queue.arn },
      RETRY_ATTEMPTS: { StringValue: "0" },
    });
  });

  it("retries with growing waits, then gives up (function unreachable)", async () => {
    const { put, rule, advance, waitForNext, openQueue, failing } = await openBus();
    const dead = await openQueue();
    const arn = `arn:aws:lambda:${region}:${accountId}:function:gone`;
    rule({ source: ["shop"] }, { arn, maximumRetryAttempts: 2, deadLetterArn: dead.arn });
    failing.reason = "unreachable";
    await put(entry({ n: 1 }));
    for (const waitMs of [1_000, 2_000]) {
      await waitForNext();
      expect(await dead.receive()).toEqual([]);
      advance(waitMs);
    }
    await eventually(async () => {
      const [message] = await dead.receive();
      expect(message?.MessageAttributes).toMatchObject({
        ERROR_MESSAGE: { StringValue: "Error: unreachable" },
        RETRY_ATTEMPTS: { StringValue: "2" },
        EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
      });
    });
  });

  it("delivers no event that the queue's policy does not permit", async () => {
    const { put, openQueue, rule } = await openBus();
    const [queue, dead] = [await openQueue(), await openQueue()];
    const isPermitted: TargetOptions["isPermitted"] = ({ targetArn }) => targetArn === dead.arn;
    rule({ source: ["shop"] }, { arn: queue.arn, deadLetterArn: dead.arn, isPermitted });
    await put(entry({ n: 1 }));
    expect((await dead.receive())[0]?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
    });
    expect(await queue.receive()).toEqual([]);
  });

  it("keeps archived events over a restart, and replays the events of a time span to the named rules", async () => {
    const folder = temporaryFolder();
    const first = await openBus({ folder });
    const archive = { name: "kept", busArn: first.busArn, pattern: '{"source":["shop"]}' };
    first.service.createArchive(archive);
    const at = (minute: number) => new Date(`2026-01-01T00:0${minute}:00Z`);
    await first.put(entry({ n: 1 }, { Time: at(1) }), entry({ n: 2 }, { Time: at(2) }), entry({}, { Source: "else" }));
    const again = await openBus({ folder });
    const { arn } = again.service.createArchive(archive);
    const queue = await again.openQueue();
    const ruleArn = again.rule({ source: ["shop"] }, queue);
    const Destination = { Arn: again.busArn, FilterArns: [ruleArn] };
    const window = { EventStartTime: at(2), EventEndTime: at(3) };
    await again.client.send(
      new StartReplayCommand({ ReplayName: "again", EventSourceArn: arn, Destination, ...window }),
    );
    expect(await queue.bodies()).toMatchObject([{ detail: { n: 2 }, "replay-name": "again" }]);
    const { State } = await again.client.send(new DescribeReplayCommand({ ReplayName: "again" }));
    expect(State).toBe("COMPLETED");
  });
});
