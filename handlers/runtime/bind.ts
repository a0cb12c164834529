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
/** What every function is given; it takes what it needs. */
export interface Ports extends UnmeteredPorts {
  readonly meter: Meter;
}

/** A function's parsed environment, and the ports that follow from it. */
export interface Bound<Environment, BoundPorts = Ports> {
  readonly environment: Environment;
  readonly ports: BoundPorts;
}

export interface Binding<Environment> extends Bound<Environment> {
  /** The handler, and it writes what was measured when a call has ended. */
  readonly metered: <Arguments extends readonly unknown[], Result>(
    handle: (...call: Arguments) => Promise<Result>,
  ) => (...call: Arguments) => Promise<Result>;
}

type FunctionSchema = z.ZodType<Variables<typeof functionVariables>>;

/**
 * Binds a function to the machine that it runs on; each `lambda.ts` calls this once.
 * @throws when variables are missing or wrong, with all of them
 */
export function bind<Schema extends FunctionSchema>(schema: Schema): Binding<z.output<Schema>> {
  const { environment, ports } = bindUnmetered(schema);
  const meter = createMeter(environment);
  return { environment, ports: { ...ports, meter }, metered: (handle) => metered(meter, handle) };
}

/** Like `bind`, for a function that measures nothing: its bundle does not carry a meter. */
export function bindUnmetered<Schema extends FunctionSchema>(schema: Schema): Bound<z.output<Schema>, UnmeteredPorts> {
  const environment = parseEnvironment(schema, process.env);
  return {
    environment,
    ports: { clock: systemClock, ids: systemIds, random: systemRandom, wait: systemWait, log: createLog(environment) },
  };
}
