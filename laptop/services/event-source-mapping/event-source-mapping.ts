import { functionNameOf } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { createDeliver } from "../delivery.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { stableUuid } from "../stable-id.ts";
import type { ServiceState } from "../state.ts";
import type { EventSourceMappingOptions, EventSourceMappingService } from "./event-source-mapping-service.ts";
import { type Poller, startPoller } from "./start-poller.ts";

export interface EventSourceMappingsOptions extends ServiceContext {
  readonly lambda: LambdaService;
  readonly state: ServiceState;
}

/** Pollers that feed functions from queues and streams. */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappingService {
  const { endpoints, region, accountId, lambda } = options;
  const pollers = new Map<string, Poller>();
  const deliver = createDeliver({
    endpoints,
    invokeFunction: async (arn, payload) => void (await lambda.invoke({ function: arn, payload, type: "Event" })),
  });

  async function end(uuid: string): Promise<void> {
    await pollers.get(uuid)?.stop();
    pollers.delete(uuid);
  }

  return {
    deleteEventSourceMapping: end,
    createEventSourceMapping: async (mapping) => {
      const uuid = mapping.uuid ?? mappingUuid(mapping);
      await end(uuid);
      const isEnabled = mapping.enabled ?? true;
      if (isEnabled) pollers.set(uuid, await startPoller({ ...options, deliver }, mapping, uuid));
      return {
        uuid,
        arn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
        functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionNameOf(mapping.functionName)}`,
        state: isEnabled ? "Enabled" : "Disabled",
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
