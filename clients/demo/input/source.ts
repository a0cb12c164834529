import { type BadLine, type OrderLine, type Row, readOrderLine } from "./order-line.ts";

export type SourceRow = { readonly kind: "row"; readonly row: Row } | { readonly kind: "bad"; readonly bad: BadLine };

/** Order lines from a file or from a seed. They can be read more than once, each time from the start. */
export interface OrderSource {
  /** The name of the input in messages. */
  readonly label: string;
  /** Identifies the lines: equal for equal input. An interrupted run is found by it. */
  readonly fingerprint: string;
  rows(): AsyncIterable<SourceRow>;
}

/** A file is missing or is not a CSV of order lines. The demo prints one line and exits with code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Yields the lines that can be replayed. Passes each other line to `onBad` and continues. */
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
