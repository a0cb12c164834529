import type { Problem } from "../../../contract/problem.ts";
import type { Reservation } from "../../../contract/reservation.ts";
import { type CommandLine, type Invoice, planInvoice } from "../input/invoice.ts";
import { locationOf } from "../input/locations.ts";
import type { Window } from "../system/api-client.ts";
import type { InvoiceResult, RefusedLine } from "./journal.ts";
import { type Session, UnexpectedRefusal } from "./session.ts";

/** A reservation can expire while the system is down. It is then held again, at most this number of times in all. */
const attemptCountMax = 5;

type Sum = { lines: number; units: number; value: number };

/** One command of an invoice. It is repeated without refused lines; `step` names it in keys and in the journal. */
interface Step {
  readonly invoice: Invoice;
  readonly step: string;
  readonly lines: readonly CommandLine[];
}

/**
 * Replays the commands of one invoice in order. Each key is derived from run, line and step, so that a resumed run
 * sends the same keys.
 */
export class InvoiceReplay {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async replay(invoice: Invoice): Promise<InvoiceResult> {
    const plan = planInvoice(invoice, locationOf(this.#session.seed, invoice));
    const sold: Sum[] = [];
    const returned: Sum[] = [];
    const adjusted: Sum[] = [];
    for (const [part, lines] of plan.holds.entries())
      sold.push(await this.#sell({ invoice, step: `hold${part}`, lines }));
    for (const [part, lines] of plan.returns.entries()) {
      returned.push(await this.#move("return", { invoice, step: `return${part}`, lines }));
    }
    for (const [part, lines] of plan.adjusts.entries()) {
      adjusted.push(await this.#move("adjust", { invoice, step: `adjust${part}`, lines }));
    }
    const done = add([...sold, ...returned, ...adjusted]);
    return {
      soldLines: add(sold).lines,
      soldUnits: add(sold).units,
      soldValue: add(sold).value,
      returnedLines: add(returned).lines,
      returnedUnits: add(returned).units,
      adjustedLines: add(adjusted).lines,
      adjustedUnits: add(adjusted).units,
      refusedLines: invoice.lines.length - done.lines,
    };
  }

  /** Holds, confirms and fulfils a reservation. Holds it again when it expired. */
  async #sell(step: Step): Promise<Sum> {
    for (let attempt = 1; attempt <= attemptCountMax; attempt += 1) {
      const held = await this.#hold(step, attempt);
      if (held === undefined) return add([]);
      if (await this.#complete(step, held.reservation)) return sumOf(held.lines);
    }
    throw new UnexpectedRefusal(`invoice ${step.invoice.number}: its reservation expired ${attemptCountMax} times`);
  }

  async #hold(
    step: Step,
    attempt: number,
  ): Promise<{ reservation: Reservation; lines: readonly CommandLine[] } | undefined> {
    const { invoice } = step;
    const id = `${this.#session.runId}-${invoice.firstLine}-${step.step}-${attempt}`;
    const customer = invoice.lines[0]?.customer ?? "";
    return this.#untilNotShort(step, async (lines, round) => {
      const answer = await this.#session.send("hold", "holdReservation", {
        key: `${id}-r${round}`,
        levels: lines,
        body: {
          id,
          owner: customer === "" ? "demo-guest" : `demo-${customer}`,
          channel: "demo",
          reference: invoice.number,
          lines: lines.map(({ sku, location, quantity }) => ({ sku, location, quantity })),
        },
      });
      return answer.kind === "done" ? { kind: "done", value: { reservation: answer.value, lines } } : answer;
    });
  }

  /** Confirms and fulfils a reservation. Returns false when it had expired. */
  async #complete(step: Step, reservation: Reservation): Promise<boolean> {
    const path = { id: reservation.id };
    for (const [command, operation] of [
      ["confirm", "confirmReservation"],
      ["fulfil", "fulfilReservation"],
    ] as const) {
      const key = `${reservation.id}-${command}`;
      const answer = await this.#session.send(command, operation, { path, key, body: {}, levels: step.lines });
      if (answer.kind === "refused") {
        if (answer.problem.code === "reservation_expired") return false;
        throw unexpected(step, command, answer.problem);
      }
    }
    return true;
  }

  async #move(kind: "return" | "adjust", step: Step): Promise<Sum> {
    const { invoice } = step;
    const done = await this.#untilNotShort(step, async (lines, round) => {
      const answer = await this.#session.send(kind, "makeMovements", {
        key: `${this.#session.runId}-${invoice.firstLine}-${step.step}-r${round}`,
        levels: lines,
        body: {
          kind,
          reason: kind === "return" ? "cancellation" : "write-off",
          reference: invoice.number,
          occurredAt: invoice.lines[0]?.at,
          lines: lines.map(({ sku, location, quantity }) => ({ sku, location, quantity })),
        },
      });
      return answer.kind === "done" ? { kind: "done", value: lines } : answer;
    });
    return sumOf(done ?? []);
  }

  /**
   * Tries the lines. Writes refused lines to the journal and tries again without them. Each round drops at least one
   * line, so the loop ends. Returns undefined when no line is left.
   */
  async #untilNotShort<Value>(
    step: Step,
    attempt: (
      lines: readonly CommandLine[],
      round: number,
    ) => Promise<{ kind: "done"; value: Value } | { kind: "refused"; problem: Problem; window: Window }>,
  ): Promise<Value | undefined> {
    const refusedBefore = this.#session.journal.refusedOf(step.invoice.firstLine, step.step);
    const dropped = new Set(refusedBefore.map(({ sku }) => sku));
    for (;;) {
      const lines = step.lines.filter(({ sku }) => !dropped.has(sku));
      if (lines.length === 0) return undefined;
      const answer = await attempt(lines, dropped.size);
      if (answer.kind === "done") return answer.value;
      const refused = refusedLines(step, lines, answer);
      if (refused.length === 0) throw unexpected(step, step.step, answer.problem);
      this.#session.journal.addRefused(refused);
      for (const { sku } of refused) dropped.add(sku);
    }
  }
}

/** Returns the lines that a refusal names; none when the refusal is not about quantities. */
function refusedLines(
  step: Step,
  lines: readonly CommandLine[],
  { problem, window }: { problem: Problem; window: Window },
): RefusedLine[] {
  const refused = (line: CommandLine, available: number | null): RefusedLine => ({
    firstLine: step.invoice.firstLine,
    step: step.step,
    invoice: step.invoice.number,
    line: line.sources[0]?.line ?? step.invoice.firstLine,
    lineCount: line.sources.length,
    code: problem.code,
    sku: line.sku,
    location: line.location,
    requested: Math.abs(line.quantity),
    available,
    ...window,
  });
  // This code names no line. A line that is large enough to cause it is alone in its command.
  if (problem.code === "quantity_limit") return lines.map((line) => refused(line, null));
  if (problem.code !== "insufficient_stock") return [];
  return lines.flatMap((line) => {
    const short = problem.shortfalls?.find(({ sku, location }) => sku === line.sku && location === line.location);
    return short === undefined ? [] : [refused(line, short.available)];
  });
}

function unexpected(step: Step, what: string, problem: Problem): UnexpectedRefusal {
  const { number, firstLine } = step.invoice;
  return new UnexpectedRefusal(
    `invoice ${number} (line ${firstLine}), ${what}: ${problem.status} ${problem.code}: ${problem.detail}`,
  );
}

const add = (sums: readonly Sum[]): Sum =>
  sums.reduce((a, b) => ({ lines: a.lines + b.lines, units: a.units + b.units, value: a.value + b.value }), {
    lines: 0,
    units: 0,
    value: 0,
  });

const sumOf = (lines: readonly CommandLine[]): Sum =>
  add(
    lines
      .flatMap(({ sources }) => sources)
      .map(({ quantity, unitPrice }) => ({
        lines: 1,
        units: Math.abs(quantity),
        value: Math.max(0, quantity) * unitPrice,
      })),
  );
