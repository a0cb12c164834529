import { Queue } from "../messaging/queue.ts";
import type { FunctionFactory } from "./function-factory.ts";

/**
 * Makes the functions that expire reservations after their deadline. Each reservation has a delayed message. A sweep
 * finds reservations whose message was lost. Returns the queue of the messages.
 */
export function openExpiry(factory: FunctionFactory): Queue {
  const { stack, foundation } = factory;
  const { inventory, requests } = foundation;
  const expiries = new Queue(stack, "expiries", { name: stack.named("expiry") });
  const tables = { INVENTORY_TABLE: inventory.name, REQUESTS_TABLE: requests.name };

  const worker = factory.make("expiry", {
    description: "Expires a reservation when its message comes",
    reach: "private",
    timeoutSeconds: 30,
    environment: { ...tables, EXPIRY_QUEUE_URL: expiries.url },
  });
  expiries.consumedBy(worker);
  // The worker sends a message again when it arrives before the deadline.
  expiries.grantSend(worker);

  const sweep = factory.make("expiry-sweep", {
    description: "Finds reservations past their deadline that no message expired",
    reach: "private",
    timeoutSeconds: 55,
    environment: tables,
  });
  sweep.onSchedule("every-minute", { expression: "rate(1 minute)" });

  inventory.grantRead(worker, ["GetItem"]);
  inventory.grantRead(sweep, ["GetItem"], "byDeadline");
  for (const fn of [worker, sweep]) {
    inventory.grantWrite(fn, "PutItem", "UpdateItem");
    requests.grantRead(fn, ["GetItem"]);
    requests.grantWrite(fn, "PutItem");
  }
  // The sweep stores how far it has read.
  requests.grantWrite(sweep, "UpdateItem");
  return expiries;
}
