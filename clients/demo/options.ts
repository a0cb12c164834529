import { parseArgs } from "node:util";

export interface Options {
  readonly csv?: string;
  readonly seed?: number;
  readonly resume: boolean;
  readonly fresh: boolean;
  readonly state: string;
  readonly help: boolean;
}

/** Wrong command-line options. The demo prints one line and exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `Replays order lines through the public API, then compares every copy of the stock, and checks search, events and mails.

  tools/node/node clients/demo/cli.ts [--csv FILE] [--seed N] [--resume | --fresh] [--state FOLDER]

  --csv FILE      order lines, plain or gzip, with the columns InvoiceNo, StockCode, Quantity, InvoiceDate
                  and, where known, Description, UnitPrice, CustomerID, Country. Without it: lines from a seed.
  --seed N        0 to 4294967295. Decides locations and opening stock, and the lines when there is no file.
                  Default: 1 with a file, else random (it is printed).
  --resume        continue the last unfinished run, whatever its seed. With a file or a seed named,
                  an unfinished run of it is resumed anyway.
  --fresh         start again from the first line, under new idempotency keys.
  --state FOLDER  where \`make up\` keeps its state (default .holdfast).
  --help          this text.

Exit code: 0 everything ties out; 1 a difference, or the run could not be completed; 2 bad usage, or a file
that is missing or no CSV of order lines; 130 interrupted (run it again to resume).
`;

/** @throws UsageError */
export function readOptions(parameters: readonly string[]): Options {
  const values = parse(parameters);
  if (values.csv === "") throw new UsageError("--csv needs a file: make demo-long CSV=orders.csv.gz");
  if (values.resume === true && values.fresh === true) throw new UsageError("--resume and --fresh exclude each other");
  const seed = values.seed === undefined ? {} : { seed: readSeed(values.seed) };
  return {
    ...(values.csv === undefined ? {} : { csv: values.csv }),
    ...seed,
    resume: values.resume ?? false,
    fresh: values.fresh ?? false,
    state: values.state ?? ".holdfast",
    help: values.help ?? false,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      strict: true,
      options: {
        csv: { type: "string" },
        seed: { type: "string" },
        resume: { type: "boolean" },
        fresh: { type: "boolean" },
        state: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)} (--help shows the options)`, {
      cause,
    });
  }
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 0xffff_ffff) return seed;
  throw new UsageError(`--seed ${text}: a whole number from 0 to 4294967295 is needed`);
}
