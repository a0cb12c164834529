import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../contract/limits.ts";
import { openCsv } from "./input/csv-source.ts";
import { generatedSource } from "./input/generated-source.ts";
import type { OrderSource } from "./input/source.ts";
import type { Options } from "./options.ts";
import { Journal } from "./replay/journal.ts";

const csvSeedDefault = 1;
const hourMs = 3_600_000;

/** The lines to replay, and the seed that decides locations and opening stock. */
export interface RunInput {
  readonly source: OrderSource;
  readonly seed: number;
  readonly generated: boolean;
  /** The path of the run's journal. */
  readonly path: string;
}

export async function openInput(options: Options): Promise<RunInput> {
  const folder = join(options.state, "demo");
  if (options.csv === undefined) {
    const seed = options.seed ?? (options.resume ? unfinishedSeed(folder) : undefined) ?? randomInt(2 ** 31);
    const source = generatedSource(seed);
    return { source, seed, generated: true, path: join(folder, `${source.fingerprint}.sqlite`) };
  }
  const seed = options.seed ?? csvSeedDefault;
  const source = await openCsv(options.csv);
  return { source, seed, generated: false, path: join(folder, `csv-${source.fingerprint}-${seed}.sqlite`) };
}

export interface Run {
  readonly id: string;
  readonly journal: Journal;
  readonly resumed: boolean;
  /** Why an earlier, unfinished run of the same input is not resumed. */
  readonly note?: string;
}

/** Resumes the unfinished run of this input, or starts one under a new id, and therefore with new keys. */
export function openRun(path: string, options: { fresh: boolean }): Run {
  const stale = isStale(path);
  const found = existsSync(path) ? Journal.open(path) : undefined;
  const id = found?.fact("id");
  if (found !== undefined && id !== undefined && found.fact("finishedAt") === undefined && !options.fresh && !stale) {
    return { id, journal: found, resumed: true };
  }
  const dropped = found !== undefined && found.fact("finishedAt") === undefined && stale && !options.fresh;
  found?.close();
  Journal.remove(path);
  const journal = Journal.open(path);
  const newId = `demo-${randomBytes(4).toString("hex")}`;
  journal.setFact("id", newId);
  journal.setFact("startedAt", new Date().toISOString());
  const note = `an unfinished run is older than the ${limits.requestRecordHours} h that keys are kept; starting again`;
  return { id: newId, journal, resumed: false, ...(dropped ? { note } : {}) };
}

/**
 * Returns whether the API may have forgotten the run's keys, so that repeated commands would act twice. The limit is
 * an hour earlier, so that the resumed run has time.
 */
function isStale(path: string): boolean {
  const touchedMs = [path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => statSync(file).mtimeMs);
  return touchedMs.length > 0 && Date.now() - Math.max(...touchedMs) > (limits.requestRecordHours - 1) * hourMs;
}

/** Returns the seed of the generated run that was interrupted last. */
function unfinishedSeed(folder: string): number | undefined {
  if (!existsSync(folder)) return undefined;
  const journals = readdirSync(folder)
    .filter((name) => /^seed-\d+\.sqlite$/.test(name))
    .map((name) => ({ name, modifiedMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
  const unfinished = journals.find(({ name }) => {
    const journal = Journal.open(join(folder, name));
    const finished = journal.fact("finishedAt") !== undefined;
    journal.close();
    return !finished;
  });
  return unfinished === undefined ? undefined : Number(/\d+/.exec(unfinished.name)?.[0]);
}
