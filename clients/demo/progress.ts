import { Presets, SingleBar } from "cli-progress";

/** Shows the progress of a phase: a bar on a terminal, else a plain line every 5 s. */
export interface Progress {
  /** Starts a phase; `total` is 0 when it is not known. */
  start(phase: string, options: { total: number; unit: string; done?: number }): void;
  advance(by: number): void;
  /** Sets how much is done, for phases that measure it. */
  reach(done: number): void;
  /** Shows why nothing moves, when nothing has been shown for 5 s. */
  note(text: string): void;
  end(): void;
}

const plainEveryMs = 5_000;
const barEveryMs = 200;

const barOptions = {
  format: "{phase} {bar} {percentage} % | {value} of {total} | {rate}{end}",
  hideCursor: true,
  stopOnComplete: false,
} as const;

type Out = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** @param out a terminal gets a bar, any other stream plain lines. */
export const createProgress = (out: Out): Progress => new ShownProgress(out);

class ShownProgress implements Progress {
  readonly #out: Out;
  #bar: SingleBar | undefined;
  #phase = "";
  #unit = "";
  #total = 0;
  #done = 0;
  #doneBefore = 0;
  #startedMs = 0;
  #shownMs = 0;

  constructor(out: Out) {
    this.#out = out;
  }

  start(phase: string, { total, unit, done = 0 }: { total: number; unit: string; done?: number }): void {
    [this.#phase, this.#unit, this.#total] = [phase, unit, total];
    [this.#done, this.#doneBefore] = [done, done];
    [this.#startedMs, this.#shownMs] = [Date.now(), Date.now()];
    // A phase without a total gets plain lines, because a bar needs a total.
    const drawn = this.#out.isTTY === true && total > 0;
    this.#bar = drawn ? new SingleBar({ stream: this.#out, ...barOptions }, Presets.shades_classic) : undefined;
    this.#bar?.start(total, done, { phase: phase.padEnd(14), rate: "", end: "" });
  }

  advance(by: number): void {
    this.reach(this.#done + by);
  }

  reach(done: number): void {
    this.#done = done;
    if (Date.now() - this.#shownMs >= (this.#bar === undefined ? plainEveryMs : barEveryMs)) this.#show();
  }

  note(text: string): void {
    if (Date.now() - this.#shownMs < plainEveryMs) return;
    this.#shownMs = Date.now();
    if (this.#bar !== undefined) this.#bar.update(this.#done, { rate: text, end: "" });
    else this.#out.write(`${this.#phase}: ${text}\n`);
  }

  end(): void {
    this.#show();
    this.#bar?.stop();
  }

  #show(): void {
    this.#shownMs = Date.now();
    const [done, total] = [this.#done, this.#total];
    const elapsedMs = this.#shownMs - this.#startedMs;
    const { rate, end } = figuresOf({ done, doneBefore: this.#doneBefore, total, elapsedMs, nowMs: this.#shownMs });
    if (this.#bar !== undefined) {
      this.#bar.update(done, { rate: `${rate} ${this.#unit}/s`, end });
      return;
    }
    const of = total > 0 ? ` of ${total.toLocaleString("en")}` : "";
    this.#out.write(`${this.#phase}: ${done.toLocaleString("en")}${of} ${this.#unit}, ${rate}/s${end}\n`);
  }
}

/** No end is estimated before this time, because the first few steps vary too much. */
const steadyAfterMs = 8_000;

/** Returns the rate since this process began the phase, and the estimated end at that rate. */
export function figuresOf(state: {
  done: number;
  doneBefore: number;
  total: number;
  elapsedMs: number;
  nowMs: number;
}): {
  rate: string;
  end: string;
} {
  const perSecond = ((state.done - state.doneBefore) * 1_000) / Math.max(state.elapsedMs, 1);
  const rate = perSecond.toLocaleString("en", { maximumFractionDigits: perSecond < 10 ? 1 : 0 });
  const tooEarly = state.elapsedMs < steadyAfterMs || perSecond === 0;
  if (state.total === 0 || tooEarly || state.done >= state.total) return { rate, end: "" };
  const leftSeconds = Math.ceil((state.total - state.done) / perSecond);
  const at = new Date(state.nowMs + leftSeconds * 1_000).toTimeString().slice(0, 8);
  return { rate, end: `, ${duration(leftSeconds)} left, done at ${at}` };
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
