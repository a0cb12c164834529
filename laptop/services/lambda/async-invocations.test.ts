import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createBucket, createQueue, engineEndpoints } from "../engines.fixture.ts";
import { contextOf, eventually, manualTimers, startLambdaWith } from "../services.fixture.ts";
import type { LambdaService } from "./lambda-service.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const started: LambdaService[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.stop()));
});

const source =
  "export const handler = async ({ fail }) => { if (fail) throw new Error('always'); return { fine: true }; };";

async function start(deadLetterArn?: string) {
  const clock = manualTimers();
  const context = contextOf({ endpoints, timers: clock.timers });
  const { lambda } = await startLambdaWith(context, source, deadLetterArn ? { deadLetterArn } : {});
  started.push(lambda);
  const send = (event: object) => lambda.invoke({ function: "subject", payload: JSON.stringify(event), type: "Event" });
  return { lambda, clock, send };
}

describe("asynchronous invocations", () => {
  it("send a failed event to the on-failure destination, and a successful one to the other", async () => {
    const [failures, successes] = [await createQueue(endpoints.sqs), await createBucket(endpoints.s3)];
    const { lambda, clock, send } = await start();
    lambda.putInvokeConfig({
      function: "subject",
      maximumRetryAttempts: 1,
      onFailureArn: failures.queueArn,
      onSuccessArn: successes.bucketArn,
    });
    const { requestId } = await send({ fail: true });
    await clock.waitForNext();
    clock.advance(60_000);
    expect(await failures.receive()).toMatchObject([
      {
        version: "1.0",
        requestContext: { requestId, condition: "RetriesExhausted", approximateInvokeCount: 2 },
        requestPayload: { fail: true },
        responseContext: { statusCode: 200, functionError: "Unhandled" },
        responsePayload: { errorType: "Error", errorMessage: "always" },
      },
    ]);
    await send({});
    await eventually(async () => expect(await successes.keys()).toHaveLength(1));
    const [key = ""] = await successes.keys();
    expect(JSON.parse((await successes.get(key)).toString())).toMatchObject({
      requestContext: { condition: "Success" },
      responsePayload: { fine: true },
    });
  });

  it("put the event itself into the dead-letter queue", async () => {
    const queue = await createQueue(endpoints.sqs);
    const { lambda, send } = await start(queue.queueArn);
    lambda.putInvokeConfig({ function: "subject", maximumRetryAttempts: 0 });
    await send({ fail: true, n: 7 });
    expect(await queue.receive()).toEqual([{ fail: true, n: 7 }]);
  });

  it("give up before a retry that would come too late", async () => {
    const queue = await createQueue(endpoints.sqs);
    const { lambda, send } = await start();
    lambda.putInvokeConfig({ function: "subject", maximumEventAgeSeconds: 60 - 1, onFailureArn: queue.queueArn });
    await send({ fail: true });
    expect(await queue.receive()).toMatchObject([
      { requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 1 } },
    ]);
  });
});
