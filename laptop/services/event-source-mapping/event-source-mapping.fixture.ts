import { afterEach } from "vitest";
import type { LogLine } from "../context.ts";
import { engineEndpoints } from "../engines.fixture.ts";
import type { FunctionOptions } from "../lambda/lambda-service.ts";
import { contextOf, startLambdaWith, temporaryFolder } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { createEventSourceMappings } from "./event-source-mapping.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Prints its batch, then throws when a value in it is poison. */
const printing = `export const handler = async ({ Records }) => {
  const values = Records.map((record) => record.kinesis ? JSON.parse(Buffer.from(record.kinesis.data, "base64")) : record.dynamodb ? record.dynamodb.NewImage?.pk.S ?? record.eventName : JSON.parse(record.body));
  console.log("batch " + JSON.stringify(values));
  if (values.some((value) => value?.poison)) throw new Error("poison");
};`;

/** Prints its batch, and reports each record that is poison as failed. */
export const reporting = `export const handler = async ({ Records }) => {
  const failed = Records.filter((record) => JSON.parse(record.kinesis ? Buffer.from(record.kinesis.data, "base64") : record.body).poison);
  console.log("batch " + JSON.stringify(Records.map((record) => JSON.parse(record.kinesis ? Buffer.from(record.kinesis.data, "base64") : record.body))));
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.kinesis?.sequenceNumber ?? record.messageId })) };
};`;

/** A mapping to the function `subject`; both stop after the test. */
export async function startMapping(options: {
  mapping: Omit<EventSourceMappingOptions, "functionName">;
  source?: string;
  folder?: string;
  function?: Partial<FunctionOptions>;
}) {
  const lines: LogLine[] = [];
  const folder = options.folder ?? temporaryFolder();
  const context = contextOf({
    endpoints: await engineEndpoints(),
    lines,
    folder,
    storage: options.folder ? "disk" : "memory",
  });
  const { lambda } = await startLambdaWith(context, options.source ?? printing, options.function);
  const state = openServiceState(context);
  const mappings = createEventSourceMappings({ ...context, lambda, state });
  const stop = async () => {
    await mappings.stop();
    await lambda.stop();
    state.close();
  };
  stops.push(stop);
  await mappings.createEventSourceMapping({ functionName: "subject", ...options.mapping });
  const batches = (): unknown[][] =>
    lines.filter(({ line }) => line.startsWith("batch ")).map(({ line }) => JSON.parse(line.slice("batch ".length)));
  return {
    batches,
    values: () => batches().flat(),
    lines,
    stop: async () => {
      stops.splice(stops.indexOf(stop), 1);
      await stop();
    },
  };
}

export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index }));
