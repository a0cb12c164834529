import { connectEventBus } from "../runtime/events/event-publisher.ts";
import { bind } from "../runtime/index.ts";
import { connectQuarantine } from "../runtime/table-change/index.ts";
import { Environment } from "./environment.ts";
import { createPublisher } from "./publisher.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createPublisher({
    ...binding.ports,
    bus: connectEventBus(binding),
    quarantine: connectQuarantine(binding, "publisher"),
  }),
);
