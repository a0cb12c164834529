import { functionNameOf, parseArn } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import type { Deliver } from "../delivery.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { ServiceState } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import { createDiscard } from "./discard.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";
import { createInvokeBatch, type InvokeBatch } from "./invoke-batch.ts";
import { startQueuePoller } from "./queue-poller.ts";
import { startStreamPoller } from "./stream-poller.ts";
import { dynamoDbSource, kinesisSource, type StreamSource } from "./stream-source.ts";

export interface StartPollerOptions extends ServiceContext {
  readonly lambda: LambdaService;
  readonly state: ServiceState;
  readonly deliver: Deliver;
}

/** Polls the source of one mapping. */
export interface Poller {
  /** Resolves when the running batches are done. */
  stop(): Promise<void>;
}

interface StreamMapping {
  readonly mapping: EventSourceMappingOptions;
  readonly uuid: string;
  readonly functionArn: string;
  readonly invoke: InvokeBatch;
  readonly log: (line: string) => void;
}

/** Starts the poller for the kind of source that the mapping names. */
export async function startPoller(
  options: StartPollerOptions,
  mapping: EventSourceMappingOptions,
  uuid: string,
): Promise<Poller> {
  const { endpoints, region, timers, lambda } = options;
  const { eventSourceArn } = mapping;
  const functionName = functionNameOf(mapping.functionName);
  const { service, resource } = parseArn(eventSourceArn);
  const log = (text: string) => {
    const line = `${new Date(timers.now()).toISOString()} ${resource}: ${text}`;
    options.log({ source: `event-source/${functionName}`, line });
  };
  const invoke = createInvokeBatch({ lambda, functionName, log });
  const { arn: functionArn = mapping.functionName, roleArn = "" } = lambda.describeFunction(functionName) ?? {};
  const stream: StreamMapping = { mapping, uuid, functionArn, invoke, log };
  switch (service) {
    case "sqs":
      return startQueuePoller({ endpoint: endpoints.sqs, region, mapping, timers, invoke, log });
    case "kinesis":
      return startOnStream(options, stream, kinesisSource({ endpoints, region, eventSourceArn, roleArn }));
    case "dynamodb":
      return startOnStream(options, stream, dynamoDbSource({ endpoints, region, eventSourceArn, roleArn }));
    default:
      throw new Error(`"${eventSourceArn}" cannot feed a function here; queues, table streams and Kinesis streams can`);
  }
}

function startOnStream<Raw>(
  { timers, state, deliver }: StartPollerOptions,
  { mapping, uuid, functionArn, invoke, log }: StreamMapping,
  source: StreamSource<Raw>,
): Promise<Poller> {
  const { onFailureArn } = mapping;
  return startStreamPoller({
    mapping,
    source,
    timers,
    invoke,
    log,
    checkpoints: createCheckpoints(state, `mapping/${uuid}`),
    discard: createDiscard({ source, uuid, functionArn, onFailureArn, deliver, timers, log }),
  });
}
