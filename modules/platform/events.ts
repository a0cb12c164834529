import type { Construct } from "constructs";
import { type EventType, eventSource } from "../../contract/event.ts";
import { EventBus } from "../messaging/event-bus.ts";
import type { Foundation } from "./foundation.ts";
import type { FunctionName } from "./functions.ts";
import type { CommonVariables, MakeFunction } from "./make-function.ts";

export interface EventsProps {
  readonly named: (name: string) => string;
  readonly foundation: Foundation;
  readonly make: MakeFunction;
  readonly common: (name: FunctionName) => CommonVariables;
}

export interface Events {
  readonly bus: EventBus<EventType>;
}

/** Changes of the inventory table as events on a bus, and what listens to them. */
export function openEvents(scope: Construct, props: EventsProps): Events {
  const { inventory, quarantine, network } = props.foundation;
  const bus = new EventBus<EventType>(scope, "events", { name: props.named("events"), source: eventSource });
  const publisher = props.make("publisher", {
    description: "Announces changes of the inventory table on the event bus",
    placement: { reach: "private", network },
    timeoutSeconds: 30,
    environment: { ...props.common("publisher"), EVENT_BUS: bus.name, QUARANTINE_BUCKET: quarantine.name },
  });
  bus.grantPublish(publisher);
  quarantine.grantWrite(publisher);
  inventory.consumedBy(publisher, { onFailure: quarantine });
  return { bus };
}
