import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createQueue, engineEndpoints } from "../engines.fixture.ts";
import { eventually } from "../services.fixture.ts";
import { numbers, reporting, startMapping } from "./event-source-mapping.fixture.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server that answers its callers once `size` of them wait, and a moment later, so that one more could come. */
async function openMeetings(size: number) {
  const waiting: ServerResponse[] = [];
  let waitingMax = 0;
  let answered = 0;
  const server = createServer((_, response) => {
    waitingMax = Math.max(waitingMax, waiting.push(response));
    if (waiting.length !== size) return;
    setTimeout(() => {
      answered += waiting.length;
      for (const one of waiting.splice(0)) one.end();
    }, 100);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, counts: () => ({ waitingMax, answered }) };
}

describe("queue mapping", () => {
  it("deletes messages that succeeded, and leaves those that the function reported", async () => {
    // On a busy machine the first invocation takes seconds; meanwhile its messages must stay invisible.
    const queue = await createQueue(endpoints.sqs, 5);
    const { values } = await startMapping({
      source: reporting,
      mapping: { eventSourceArn: queue.queueArn, functionResponseTypes: ["ReportBatchItemFailures"] },
    });
    await queue.send({ n: 1 });
    await queue.send({ n: 2, poison: true });
    // The message that failed comes again after its visibility timeout.
    await eventually(() =>
      expect(values().filter((value) => (value as { poison?: boolean }).poison).length).toBeGreaterThan(1),
    );
    expect(values().filter((value) => (value as { n: number }).n === 1)).toHaveLength(1);
    expect(await queue.messageCount()).toBe(1);
  });

  it("keeps the whole batch when the function throws or names an unknown message", async () => {
    const source = `export const handler = async ({ Records }) => {
      console.log("batch " + JSON.stringify(Records.map(({ body }) => JSON.parse(body))));
      return { batchItemFailures: [{ itemIdentifier: "unknown" }] };
    };`;
    const queue = await createQueue(endpoints.sqs);
    const { values, lines } = await startMapping({
      source,
      mapping: { eventSourceArn: queue.queueArn, functionResponseTypes: ["ReportBatchItemFailures"] },
    });
    await queue.send({ n: 1 });
    await eventually(() => expect(values()).toEqual([{ n: 1 }]));
    await eventually(() => expect(lines.some(({ line }) => line.includes("it reported unknown"))).toBe(true));
    expect(await queue.messageCount()).toBe(1);
  });

  it("deletes messages that do not match the filter", async () => {
    const queue = await createQueue(endpoints.sqs);
    const { values } = await startMapping({
      mapping: { eventSourceArn: queue.queueArn, filterPatterns: ['{"body":{"kind":["wanted"]}}'] },
    });
    await queue.send({ kind: "other" });
    await queue.send({ kind: "wanted" });
    await eventually(async () => expect(await queue.messageCount()).toBe(0));
    expect(values()).toEqual([{ kind: "wanted" }]);
  });

  it("collects up to the batch size within the window", async () => {
    const queue = await createQueue(endpoints.sqs);
    await Promise.all(numbers(1, 25).map((number) => queue.send(number)));
    const { batches } = await startMapping({
      mapping: { eventSourceArn: queue.queueArn, batchSize: 25, maximumBatchingWindowSeconds: 5 },
    });
    await eventually(() => expect(batches().map((batch) => batch.length)).toEqual([25]));
  });

  it("runs at most as many batches at the same time as the mapping allows", async () => {
    const queue = await createQueue(endpoints.sqs);
    const meetings = await openMeetings(2);
    const source = `export const handler = () => fetch("${meetings.url}").then(() => undefined);`;
    await Promise.all(numbers(1, 8).map((number) => queue.send(number)));
    await startMapping({ source, mapping: { eventSourceArn: queue.queueArn, batchSize: 1, maximumConcurrency: 2 } });
    await eventually(() => expect(meetings.counts().answered).toBe(8));
    expect(meetings.counts().waitingMax).toBe(2);
  });
});
