import type { ParseArgsOptionsConfig, parseArgs } from "node:util";

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** The usage of a command is wrong. The message says what is right. */
export class UsageError extends Error {}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"];

export interface Command {
  readonly summary: string;
  /** Lines below the usage line, one per option. */
  readonly help: readonly string[];
  readonly options: ParseArgsOptionsConfig;
  run(values: Values<ParseArgsOptionsConfig>): Promise<number>;
}

/** Declares a command. `run` receives values with the types of the declared options. */
export function defineCommand<const O extends ParseArgsOptionsConfig>(command: {
  readonly summary: string;
  readonly help: readonly string[];
  readonly options: O;
  readonly run: (values: Values<O>) => Promise<number>;
}): Command {
  // parseArgs returns exactly the values of these options.
  return { ...command, run: (values) => command.run(values as Values<O>) };
}
