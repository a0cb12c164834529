import type { ServiceContext } from "../context.ts";
import { createJsonServer, type JsonFailure } from "../json-server.ts";
import { closeServer, listen } from "../listen.ts";
import { EngineError } from "../wire.ts";
import { Archives } from "./archives.ts";
import { eventsArn } from "./arn.ts";
import type { EventBusService, RuleOptions } from "./event-bus-service.ts";
import { putEvents } from "./put-events.ts";
import { Replays } from "./replays.ts";
import { Rules } from "./rules.ts";
import type { InvokeFunction } from "./target-sender.ts";

export interface EventBusOptions extends ServiceContext {
  readonly invokeFunction: InvokeFunction;
  readonly port?: number;
}

const drainMs = 2_000;

/**
 * EventBridge: buses, rules with patterns, targets, archives. Before PutEvents answers, an accepted event is in its
 * archives and was sent to its targets once. An event that a target could not take waits in memory for its retries.
 */
export async function startEventBus(options: EventBusOptions): Promise<EventBusService> {
  const busNames = new Set(["default"]);
  const rules = new Rules({ ...options, log: (line) => log(options, line) });
  const archives = new Archives(options);
  const replays = new Replays({ context: options, archives, rules });
  const server = createJsonServer({
    targetPrefix: "AWSEvents.",
    operations: {
      PutEvents: (input) => putEvents({ context: options, busNames, archives, rules }, input),
      StartReplay: (input) => replays.start(input),
      DescribeReplay: (input) => replays.describe(input),
    },
    failureOf,
  });
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createBus: ({ name }) => {
      busNames.add(name);
      return { name, arn: eventsArn(options, `event-bus/${name}`) };
    },
    deleteBus: (name) => void busNames.delete(name),
    createRule: (rule) => {
      if (!busNames.has(rule.busName)) throw new Error(`rule ${rule.name}: there is no event bus ${rule.busName}`);
      const arn = ruleArn(options, rule);
      rules.put(arn, rule);
      return { arn };
    },
    deleteRule: (rule) => rules.delete(rule),
    putTarget: (target) => rules.putTarget(target),
    removeTarget: (target) => rules.removeTarget(target),
    createArchive: (archive) => archives.put(archive),
    deleteArchive: (name) => archives.delete(name),
    stop: async () => {
      await closeServer(server, drainMs);
      rules.stop();
    },
  };
}

/** The rule of the default bus has no bus in its ARN. */
const ruleArn = (context: ServiceContext, { name, busName }: RuleOptions): string =>
  eventsArn(context, busName === "default" ? `rule/${name}` : `rule/${busName}/${name}`);

function failureOf(error: unknown): JsonFailure {
  const { status, code } = error instanceof EngineError ? error : { status: 500, code: "InternalException" };
  return { status, code, message: String(error) };
}

function log({ timers, log: write }: ServiceContext, line: string): void {
  write({ source: "event-bus", line: `${new Date(timers.now()).toISOString()} ${line}` });
}
