const tickMs = 100;
const clearLine = "\r\u001b[2K";

export interface StepPrinter {
  /** Starts a step. The step before it is done. */
  step(title: string): void;
  note(line: string): void;
  /** Ends the last step. @param outcome @default "ready in" and the total time */
  done(outcome?: string): void;
  failed(): void;
}

/** Prints a line for each step with its duration. On a terminal the duration of the current step counts up. */
export function createStepPrinter(out: NodeJS.WriteStream = process.stderr): StepPrinter {
  let current: { title: string; since: number } | undefined;
  const started = performance.now();
  const ticker = out.isTTY ? setInterval(() => draw(), tickMs).unref() : undefined;

  const draw = (mark = "…") => {
    if (current === undefined) return;
    out.write(`${out.isTTY ? clearLine : ""}  ${mark} ${seconds(current.since)}  ${current.title}`);
  };
  const end = (mark: string) => {
    if (current === undefined) return;
    draw(mark);
    out.write("\n");
    current = undefined;
  };
  return {
    step: (title) => {
      end("✓");
      current = { title, since: performance.now() };
      if (out.isTTY) draw();
    },
    note: (line) => {
      out.write(`${out.isTTY ? clearLine : ""}    ${line}\n`);
    },
    done: (outcome = `ready in ${seconds(started).trim()}`) => {
      end("✓");
      clearInterval(ticker);
      out.write(`  ${outcome}\n`);
    },
    failed: () => {
      end("✗");
      clearInterval(ticker);
    },
  };

  function seconds(since: number): string {
    return `${((performance.now() - since) / 1_000).toFixed(1)} s`.padStart(7);
  }
}
