import type { z } from "zod";
import type { Clock, Ids, Random, Wait } from "../inventory/index.ts";
import { parseEnvironment } from "./environment.ts";
import { createLog, type Log } from "./observability/log.ts";
import { createMeter, type Meter, metered } from "./observability/meter.ts";
import { systemClock, systemIds, systemRandom, systemWait } from "./system.ts";
import type { functionVariables, Variables } from "./variables.ts";

interface UnmeteredPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly wait: Wait;
  readonly log: Log;
}
/** The ports of every function. A function uses those that it needs. */
export interface Ports extends UnmeteredPorts {
  readonly meter: Meter;
}

/** A function's parsed environment, and the ports that follow from it. */
export interface Bound<Environment, BoundPorts = Ports> {
  readonly environment: Environment;
  readonly ports: BoundPorts;
}

export interface Binding<Environment> extends Bound<Environment> {
  /** Wraps a handler so that it writes the recorded metrics when an invocation ends. */
  readonly metered: <Arguments extends readonly unknown[], Result>(
    handle: (...call: Arguments) => Promise<Result>,
  ) => (...call: Arguments) => Promise<Result>;
}

type FunctionSchema = z.ZodType<Variables<typeof functionVariables>>;

/**
 * Parses the environment of a function and creates its ports. Each `lambda.ts` calls this once.
 * @throws an error that lists all variables that are missing or wrong
 */
export function bind<Schema extends FunctionSchema>(schema: Schema): Binding<z.output<Schema>> {
  const { environment, ports } = bindUnmetered(schema);
  const meter = createMeter(environment);
  return { environment, ports: { ...ports, meter }, metered: (handle) => metered(meter, handle) };
}

/** Like `bind`, for a function that records no metrics: its bundle contains no meter. */
export function bindUnmetered<Schema extends FunctionSchema>(schema: Schema): Bound<z.output<Schema>, UnmeteredPorts> {
  const environment = parseEnvironment(schema, process.env);
  return {
    environment,
    ports: { clock: systemClock, ids: systemIds, random: systemRandom, wait: systemWait, log: createLog(environment) },
  };
}
