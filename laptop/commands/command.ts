import type { ParseArgsOptionsConfig, parseArgs } from "node:util";

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** The command was typed wrongly; the message says what is right. */
export class UsageError extends Error {}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"];

export interface Command {
  readonly summary: string;
  /** Lines below the usage line: one an option. */
  readonly help: readonly string[];
  readonly options: ParseArgsOptionsConfig;
  run(values: Values<ParseArgsOptionsConfig>): Promise<number>;
}

/** Ties the values that `run` receives to the options that are declared. */
export function defineCommand<const O extends ParseArgsOptionsConfig>(command: {
  readonly summary: string;
  readonly help: readonly string[];
  readonly options: O;
  readonly run: (values: Values<O>) => Promise<number>;
}): Command {
  // parseArgs gives exactly the values of the options declared here.
  return { ...command, run: (values) => command.run(values as Values<O>) };
}
