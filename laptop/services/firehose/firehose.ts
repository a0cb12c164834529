import type { ServiceContext } from "../context.ts";
import type { ServiceState } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import { type DeliveryStream, type DeliveryStreamStart, startDeliveryStream } from "./delivery-stream.ts";
import type { DeliveryStreamOptions, FirehoseService } from "./firehose-service.ts";
import { checkPrefix } from "./object-name.ts";

export interface FirehoseOptions extends ServiceContext {
  readonly state: ServiceState;
}

/** A stop must not wait for an engine that does not answer. What is not written by then is read again after the next start. */
const stopFlushMsMax = 5_000;

export function createFirehose(options: FirehoseOptions): FirehoseService {
  const streams = new Map<string, DeliveryStream>();
  return {
    createDeliveryStream: async (delivery) => {
      const { name, destination } = delivery;
      checkPrefixes(destination);
      await streams.get(name)?.stop();
      streams.set(name, await startDeliveryStream(startOptions(options, delivery)));
      return { name, arn: `arn:aws:firehose:${options.region}:${options.accountId}:deliverystream/${name}` };
    },
    flush: () => flushAll([...streams.values()]),
    deleteDeliveryStream: async (name) => {
      const stream = streams.get(name);
      streams.delete(name);
      if (stream) await flushAndStop([stream]);
    },
    stop: () => flushAndStop([...streams.values()]),
  };
}

function checkPrefixes({ prefix, errorOutputPrefix }: DeliveryStreamOptions["destination"]): void {
  if (prefix) checkPrefix(prefix);
  const errorPrefix = errorOutputPrefix?.replaceAll("!{firehose:error-output-type}", "");
  if (errorPrefix) checkPrefix(errorPrefix);
}

function startOptions(options: FirehoseOptions, delivery: DeliveryStreamOptions): DeliveryStreamStart {
  const { endpoints, timers, state } = options;
  const source = `firehose/${delivery.name}`;
  const checkpoints = createCheckpoints(state, source);
  const log = (line: string) => options.log({ source, line: `${new Date(timers.now()).toISOString()} ${line}` });
  return { delivery, endpoints, checkpoints, timers, log };
}

async function flushAll(streams: readonly DeliveryStream[]): Promise<void> {
  await Promise.all(streams.map((stream) => stream.flush()));
}

async function flushAndStop(streams: readonly DeliveryStream[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopFlushMsMax);
  });
  await Promise.race([flushAll(streams), late]);
  clearTimeout(timer);
  await Promise.all(streams.map((stream) => stream.stop()));
}
