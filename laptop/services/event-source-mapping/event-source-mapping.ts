import { functionNameOf, parseArn } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { createDeliver } from "../delivery.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { stableUuid } from "../stable-id.ts";
import type { State } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import type { RunningShards } from "../streams/run-shards.ts";
import { createDiscard } from "./discard.ts";
import type {
  EventSourceMappingDescription,
  EventSourceMappingOptions,
  EventSourceMappingService,
} from "./event-source-mapping-service.ts";
import { createInvokeBatch } from "./invoke-batch.ts";
import { startQueuePoller } from "./queue-poller.ts";
import { startStreamPoller } from "./stream-poller.ts";
import { dynamoDbSource, kinesisSource, type StreamSource } from "./stream-source.ts";

export interface EventSourceMappingsOptions extends ServiceContext {
  readonly lambda: LambdaService;
  readonly state: State;
}

/** Pollers that feed functions from queues and streams. */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappingService {
  const { endpoints, region, timers, lambda, state } = options;
  const pollers = new Map<string, RunningShards>();
  const deliver = createDeliver({
    endpoints,
    invokeFunction: async (arn, payload) => void (await lambda.invoke({ function: arn, payload, type: "Event" })),
  });

  async function start(mapping: EventSourceMappingOptions, uuid: string): Promise<RunningShards> {
    const functionName = functionNameOf(mapping.functionName);
    const { service, resource } = parseArn(mapping.eventSourceArn);
    const source = `event-source/${functionName}`;
    const log = (line: string) =>
      options.log({ source, line: `${new Date(timers.now()).toISOString()} ${resource}: ${line}` });
    const invoke = createInvokeBatch({ lambda, functionName, log });
    if (service === "sqs") return startQueuePoller({ endpoint: endpoints.sqs, region, mapping, timers, invoke, log });
    const called = lambda.describeFunction(functionName);
    const functionArn = called?.arn ?? mapping.functionName;
    const streaming = <Raw>(streamed: StreamSource<Raw>) =>
      startStreamPoller({
        mapping,
        source: streamed,
        timers,
        invoke,
        log,
        checkpoints: createCheckpoints(state, `mapping/${uuid}`),
        discard: createDiscard({
          source: streamed,
          uuid,
          functionArn,
          onFailureArn: mapping.onFailureArn,
          deliver,
          timers,
          log,
        }),
      });
    const sourceOptions = { endpoints, region, eventSourceArn: mapping.eventSourceArn, roleArn: called?.roleArn ?? "" };
    if (service === "kinesis") return streaming(kinesisSource(sourceOptions));
    if (service === "dynamodb") return streaming(dynamoDbSource(sourceOptions));
    throw new Error(
      `"${mapping.eventSourceArn}" cannot feed a function here; queues, table streams and Kinesis streams can`,
    );
  }

  async function end(uuid: string): Promise<void> {
    await pollers.get(uuid)?.stop();
    pollers.delete(uuid);
  }

  return {
    deleteEventSourceMapping: end,
    createEventSourceMapping: async (mapping): Promise<EventSourceMappingDescription> => {
      const uuid = mapping.uuid ?? mappingUuid(mapping);
      await end(uuid);
      const enabled = mapping.enabled ?? true;
      if (enabled) pollers.set(uuid, await start(mapping, uuid));
      return {
        uuid,
        arn: `arn:aws:lambda:${region}:${options.accountId}:event-source-mapping:${uuid}`,
        functionArn: `arn:aws:lambda:${region}:${options.accountId}:function:${functionNameOf(mapping.functionName)}`,
        state: enabled ? "Enabled" : "Disabled",
      };
    },
    stop: async () => {
      await Promise.all([...pollers.values()].map((poller) => poller.stop()));
    },
  };
}

/** The same for the same source and function, so that checkpoints are found again. */
function mappingUuid({ eventSourceArn, functionName }: EventSourceMappingOptions): string {
  return stableUuid(`${eventSourceArn}\n${functionNameOf(functionName)}`);
}
