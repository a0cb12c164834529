import type { Meter } from "../../handlers/runtime/index.ts";

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Returns a meter that keeps the sum of each count, and every measured value. */
export function recordingMeter(): Meter & { readonly counts: Record<string, number>; readonly measured: Measured[] } {
  const counts: Record<string, number> = {};
  const measured: Measured[] = [];
  return {
    counts,
    measured,
    count: (name, value = 1) => {
      counts[name] = (counts[name] ?? 0) + value;
    },
    measure: (name, value, ...labels) => void measured.push({ name, value, labels: { ...labels[0] } }),
  };
}
