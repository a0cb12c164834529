import type { ServiceContext } from "../context.ts";
import type { State } from "../state.ts";
import { createCheckpoints } from "../streams/checkpoints.ts";
import { type DeliveryStream, startDeliveryStream } from "./delivery-stream.ts";
import type { FirehoseService } from "./firehose-service.ts";
import { checkPrefix } from "./object-name.ts";

export interface FirehoseOptions extends ServiceContext {
  readonly state: State;
}

/** An engine that is gone must not keep the laptop from stopping: what is not written then is read again later. */
const stopFlushMsMax = 5_000;

export function createFirehose(options: FirehoseOptions): FirehoseService {
  const { endpoints, timers, state } = options;
  const streams = new Map<string, DeliveryStream>();
  const flush = async () => {
    await Promise.all([...streams.values()].map((stream) => stream.flush()));
  };
  const end = async (ended: readonly DeliveryStream[]) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopFlushMsMax);
    });
    await Promise.race([Promise.all(ended.map((stream) => stream.flush())), late]);
    clearTimeout(timer);
    await Promise.all(ended.map((stream) => stream.stop()));
  };

  return {
    createDeliveryStream: async (delivery) => {
      const { name, destination } = delivery;
      for (const prefix of [
        destination.prefix,
        destination.errorOutputPrefix?.replaceAll("!{firehose:error-output-type}", ""),
      ]) {
        if (prefix) checkPrefix(prefix);
      }
      await streams.get(name)?.stop();
      const checkpoints = createCheckpoints(state, `firehose/${name}`);
      const log = (line: string) =>
        options.log({ source: `firehose/${name}`, line: `${new Date(timers.now()).toISOString()} ${line}` });
      streams.set(name, await startDeliveryStream({ delivery, endpoints, checkpoints, timers, log }));
      return { name, arn: `arn:aws:firehose:${options.region}:${options.accountId}:deliverystream/${name}` };
    },
    flush,
    deleteDeliveryStream: async (name) => {
      const stream = streams.get(name);
      streams.delete(name);
      if (stream) await end([stream]);
    },
    stop: () => end([...streams.values()]),
  };
}
