import type { Pool } from "pg";
import { z } from "zod";
import { movementKinds } from "../../../contract/movement-kind.ts";
import { columnOf, quantityNames } from "../../../contract/quantity.ts";
import { type LevelState, levelName, type Quantities, sellableOf, zeros } from "./levels.ts";

const pageRowCount = 5_000;

const number = z.coerce.number();
const LedgerRow = z.object({
  sku: z.string(),
  location: z.string(),
  version: number,
  kind: z.string(),
  at: z.string(),
  at_ms: number,
  deltas: z.array(number).length(quantityNames.length),
  after: z.array(number).length(quantityNames.length),
});

/** One change of a level. */
export interface LedgerStep {
  readonly version: number;
  readonly kind: string;
  readonly atMs: number;
  readonly deltas: Readonly<Quantities>;
  readonly after: Readonly<Quantities>;
}

/** A level according to the ledger: the sum of its movements, and the inconsistencies among them. */
export interface LedgerLevel extends LevelState {
  /** Whether a fact, such as a count, left less than is reserved. After that sellable may be below zero. */
  readonly fellShort: boolean;
  readonly problems: readonly string[];
}

/**
 * Reads audit.movement in pages, level by level in the order of versions, so that memory use does not depend on its
 * size. Calls `onLevel` with the steps of each level for which `wantsSteps` returns true.
 */
export async function readLedger(
  pool: Pool,
  options: {
    wantsSteps: (name: string) => boolean;
    onLevel: (name: string, steps: readonly LedgerStep[]) => void;
    onRows?: (count: number) => void;
  },
): Promise<Map<string, LedgerLevel>> {
  const levels = new Map<string, LedgerLevel>();
  let tally: { name: string; tally: LedgerTally; steps: LedgerStep[] } | undefined;
  const close = () => {
    if (tally === undefined) return;
    levels.set(tally.name, tally.tally.level());
    if (options.wantsSteps(tally.name)) options.onLevel(tally.name, tally.steps);
  };
  for await (const row of readRows(pool, options.onRows)) {
    const name = levelName(row);
    if (tally?.name !== name) {
      close();
      tally = { name, tally: new LedgerTally(), steps: [] };
    }
    const step = stepOf(row);
    tally.tally.add(step);
    if (options.wantsSteps(name)) tally.steps.push(step);
  }
  close();
  return levels;
}

const factKinds = Object.entries(movementKinds).flatMap(([kind, { isFact }]) => (isFact ? [kind] : []));

/** Adds up the movements of one level and checks each against the one before. */
export class LedgerTally {
  #version = 0;
  readonly #sum = zeros();
  readonly #problems: string[] = [];
  #fellShort = false;

  add(step: LedgerStep): void {
    if (step.version === this.#version) this.#problem(`version ${step.version} is in audit.movement twice`);
    else if (step.version === this.#version + 2)
      this.#problem(`version ${this.#version + 1} is missing in audit.movement`);
    else if (step.version !== this.#version + 1) {
      this.#problem(`versions ${this.#version + 1} to ${step.version - 1} are missing in audit.movement`);
    }
    this.#version = step.version;
    for (const field of quantityNames) {
      this.#sum[field] += step.deltas[field];
      if (this.#sum[field] !== step.after[field]) {
        this.#problem(
          `${field} after version ${step.version} is ${step.after[field]}, its movements add up to ${this.#sum[field]}`,
        );
      }
    }
    const sellable = sellableOf(step.after);
    if (sellable >= 0 || sellableOf(step.deltas) >= 0) return;
    // A fact may leave less than is reserved. No other change may.
    if (factKinds.includes(step.kind)) this.#fellShort = true;
    else this.#problem(`version ${step.version} (${step.kind}) took sellable below zero: ${sellable}`);
  }

  level(): LedgerLevel {
    return { version: this.#version, quantities: this.#sum, fellShort: this.#fellShort, problems: this.#problems };
  }

  /** Keeps the first three problems, because one fault appears in all versions after it. */
  #problem(text: string): void {
    if (this.#problems.length < 3) this.#problems.push(text);
  }
}

const columns = (suffix: string): string => quantityNames.map((field) => `${columnOf(field)}${suffix}`).join(", ");
const pageQuery = `
  SELECT sku, location, version, kind, at::text AS at, extract(epoch FROM at) * 1000 AS at_ms,
    ARRAY[${columns("_delta")}] AS deltas, ARRAY[${columns("")}] AS after
  FROM audit.movement
  WHERE (sku, location, version, at) > ($1, $2, $3, $4)
  ORDER BY sku, location, version, at
  LIMIT ${pageRowCount}`;

async function* readRows(pool: Pool, onRows?: (count: number) => void): AsyncGenerator<z.output<typeof LedgerRow>> {
  let after: unknown[] = ["", "", 0, "-infinity"];
  for (;;) {
    const { rows } = await pool.query<Record<string, unknown>>(pageQuery, after);
    onRows?.(rows.length);
    for (const row of rows) yield LedgerRow.parse(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRowCount) return;
    after = [last.sku, last.location, last.version, last.at];
  }
}

function stepOf(row: z.output<typeof LedgerRow>): LedgerStep {
  return {
    version: row.version,
    kind: row.kind,
    atMs: row.at_ms,
    deltas: quantitiesOf(row.deltas),
    after: quantitiesOf(row.after),
  };
}

function quantitiesOf(values: readonly number[]): Quantities {
  const result = zeros();
  quantityNames.forEach((field, index) => {
    result[field] = values[index] ?? 0;
  });
  return result;
}
