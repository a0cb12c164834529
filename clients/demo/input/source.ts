import { type BadLine, type OrderLine, type Row, readOrderLine } from "./order-line.ts";

export type SourceRow = { readonly kind: "row"; readonly row: Row } | { readonly kind: "bad"; readonly bad: BadLine };

/** Order lines that can be read again from the start: a file, or a seed. */
export interface OrderSource {
  /** Names the input in messages. */
  readonly label: string;
  /** The same for the same lines: an interrupted run is found by it. */
  readonly fingerprint: string;
  rows(): AsyncIterable<SourceRow>;
}

/** A file that is missing, or is no CSV of order lines: one clear line and exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The lines that can be replayed; the others go to `onBad` and stop nothing. */
export async function* readOrderLines(source: OrderSource, onBad: (bad: BadLine) => void): AsyncGenerator<OrderLine> {
  for await (const sourceRow of source.rows()) {
    if (sourceRow.kind === "bad") {
      onBad(sourceRow.bad);
      continue;
    }
    const read = readOrderLine(sourceRow.row);
    if (read.kind === "bad") onBad(read.bad);
    else yield read.line;
  }
}
