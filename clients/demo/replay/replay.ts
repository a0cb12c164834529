import { groupInvoices, type Invoice } from "../input/invoice.ts";
import { Survey } from "../input/opening-stock.ts";
import type { BadLine } from "../input/order-line.ts";
import { type OrderSource, readOrderLines } from "../input/source.ts";
import type { Progress } from "../progress.ts";
import { InvoiceReplay } from "./invoice-replay.ts";
import { forEachConcurrently } from "./pool.ts";
import { type Session, UnexpectedRefusal } from "./session.ts";

const invoicesAtOnce = 16;
/** The run ends after this number of unexpected refusals, because then the system or the demo is broken. */
const unexpectedCountMax = 20;

/** Makes the first pass over the lines: collects counts, item names and demand, and reports bad lines. */
export async function survey(
  source: OrderSource,
  options: { seed: number; progress: Progress; onBad: (bad: BadLine) => void },
): Promise<Survey> {
  const result = new Survey(options.seed);
  options.progress.start("reading", { total: 0, unit: "lines" });
  for await (const invoice of groupInvoices(readOrderLines(source, options.onBad))) {
    result.add(invoice);
    options.progress.advance(invoice.lines.length);
  }
  options.progress.end();
  return result;
}

export interface ReplayOutcome {
  readonly interrupted: boolean;
  readonly unexpected: readonly string[];
  readonly lineCount: number;
  readonly elapsedMs: number;
}

/** Makes the second pass: replays every invoice that the journal does not hold yet, 16 at a time. */
export async function replay(
  source: OrderSource,
  options: { session: Session; lineCount: number; progress: Progress; signal: AbortSignal },
): Promise<ReplayOutcome> {
  const { session, progress, signal } = options;
  const invoices = new InvoiceReplay(session);
  const unexpected: string[] = [];
  const startedMs = Date.now();
  let lineCount = 0;
  const stops = () => signal.aborted || unexpected.length >= unexpectedCountMax;
  progress.start("replaying", { total: options.lineCount, unit: "lines", done: session.journal.totals().lineCount });
  await forEachConcurrently(left(source, { session, stops }), invoicesAtOnce, async (invoice) => {
    try {
      const result = await invoices.replay(invoice);
      session.journal.addInvoice(
        { firstLine: invoice.firstLine, lineCount: invoice.lines.length },
        result,
        session.takeCounts(),
      );
      lineCount += invoice.lines.length;
      progress.advance(invoice.lines.length);
    } catch (error) {
      if (!(error instanceof UnexpectedRefusal)) throw error;
      unexpected.push(error.message);
    }
  });
  progress.end();
  return { interrupted: signal.aborted, unexpected, lineCount, elapsedMs: Date.now() - startedMs };
}

/** Yields the invoices to replay until `stops` returns true. Ignores bad lines, which the first pass has reported. */
async function* left(
  source: OrderSource,
  { session, stops }: { session: Session; stops: () => boolean },
): AsyncGenerator<Invoice> {
  for await (const invoice of groupInvoices(readOrderLines(source, () => undefined))) {
    if (stops()) return;
    if (!session.journal.hasInvoice(invoice.firstLine)) yield invoice;
  }
}
