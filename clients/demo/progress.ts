import { Presets, SingleBar } from "cli-progress";

/** Shows how far a phase is: a bar on a terminal, else a plain line now and then. */
export interface Progress {
  /** Starts a phase; `total` is 0 when it is not known. */
  start(phase: string, options: { total: number; unit: string; done?: number }): void;
  advance(by: number): void;
  /** Sets what is done, for phases that measure it. */
  reach(done: number): void;
  /** Says why nothing moves, once nothing has been shown for a while. */
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

/** @param out a terminal gets the bar. */
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
    // Without a total there is nothing to fill: such a phase gets plain lines.
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

/** Before this the first few steps would promise anything between a minute and a week. */
const steadyAfterMs = 8_000;

/** Rate since the phase began here, and when it should end at that rate. */
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
