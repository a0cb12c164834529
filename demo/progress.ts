import { Presets, SingleBar } from "cli-progress";

/** Shows how far a phase is: a bar on a terminal, else a plain line now and then. */
export interface Progress {
  /** Starts a phase; `total` is 0 when it is not known. */
  start(phase: string, options: { total: number; unit: string; done?: number }): void;
  advance(by: number): void;
  /** Sets what is done, for phases that measure it. */
  reach(done: number): void;
  end(): void;
}

const plainEveryMs = 5_000;
const barEveryMs = 200;

export function createProgress(out: NodeJS.WriteStream): Progress {
  const bar = out.isTTY ? new SingleBar({ stream: out, ...barOptions }, Presets.shades_classic) : undefined;
  let phase = "";
  let unit = "";
  let total = 0;
  let done = 0;
  let doneBefore = 0;
  let startedMs = 0;
  let shownMs = 0;

  const figures = () => figuresOf({ done, doneBefore, total, elapsedMs: Date.now() - startedMs });
  const show = () => {
    const { rate, end } = figures();
    shownMs = Date.now();
    if (bar !== undefined) bar.update(done, { rate: `${rate} ${unit}/s`, end });
    else
      out.write(
        `${phase}: ${done.toLocaleString("en")}${total > 0 ? ` of ${total.toLocaleString("en")}` : ""} ${unit}, ${rate}/s${end}\n`,
      );
  };
  return {
    start: (name, options) => {
      phase = name;
      unit = options.unit;
      total = options.total;
      done = options.done ?? 0;
      doneBefore = done;
      startedMs = Date.now();
      shownMs = startedMs;
      bar?.start(total, done, { phase: phase.padEnd(14), rate: "", end: "" });
    },
    advance: (by) => {
      done += by;
      if (Date.now() - shownMs >= (bar === undefined ? plainEveryMs : barEveryMs)) show();
    },
    reach: (reached) => {
      done = reached;
      if (Date.now() - shownMs >= (bar === undefined ? plainEveryMs : barEveryMs)) show();
    },
    end: () => {
      show();
      bar?.stop();
    },
  };
}

const barOptions = {
  format: "{phase} {bar} {percentage} % | {value} of {total} | {rate}{end}",
  hideCursor: true,
  stopOnComplete: false,
} as const;

/** Rate since the phase began here, and when it should end at that rate. */
export function figuresOf(state: { done: number; doneBefore: number; total: number; elapsedMs: number }): {
  rate: string;
  end: string;
} {
  const perSecond = ((state.done - state.doneBefore) * 1_000) / Math.max(state.elapsedMs, 1);
  const rate = perSecond.toLocaleString("en", { maximumFractionDigits: perSecond < 10 ? 1 : 0 });
  if (state.total === 0 || perSecond === 0 || state.done >= state.total) return { rate, end: "" };
  const leftSeconds = Math.ceil((state.total - state.done) / perSecond);
  const at = new Date(Date.now() + leftSeconds * 1_000).toTimeString().slice(0, 8);
  return { rate, end: `, ${duration(leftSeconds)} left, done at ${at}` };
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
