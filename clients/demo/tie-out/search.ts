import { limits } from "../../../contract/limits.ts";
import { fraction } from "../input/seeded.ts";
import type { Progress } from "../progress.ts";
import { forEachConcurrently } from "../replay/pool.ts";
import { type Session, UnexpectedRefusal } from "../replay/session.ts";
import type { Difference } from "./compare.ts";
import { untilComplete } from "./until-complete.ts";

/** The number of items to search, chosen by the seed. Some of them are also searched by a misspelt name. */
const itemCountMax = 500;
const misspeltCountMax = 50;
const concurrency = 4;
/** "A change is found within 10 s", plus the same time as margin. */
const silenceMsMax = 20_000;
const misspeltLettersMin = 5;

export interface CheckedSearch {
  readonly itemCount: number;
  readonly misspeltCount: number;
  readonly differences: readonly Difference[];
}

interface Wanted {
  readonly sku: string;
  readonly text: string;
  readonly isMisspelt: boolean;
}

/** Searches items of the run through the API: each by its sku, some by a name in which a word lacks a letter. */
export async function checkSearch(
  session: Session,
  names: ReadonlyMap<string, string>,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<CheckedSearch> {
  const wanted = searchesOf(session.seed, names);
  const lacking = new Set(wanted);
  const look = async () => {
    await forEachConcurrently([...lacking], concurrency, async (search) => {
      if (await isFound(session, search)) lacking.delete(search);
    });
    return { done: wanted.length - lacking.size, total: wanted.length };
  };
  await untilComplete(look, { phase: "search", unit: "searches", silenceMsMax, progress, signal });
  const misspeltCount = wanted.filter(({ isMisspelt }) => isMisspelt).length;
  const differences = [...lacking].map(({ sku, text }) => ({
    subject: sku,
    what: `is not found by searching for "${text}"`,
  }));
  return { itemCount: wanted.length - misspeltCount, misspeltCount, differences };
}

/** Returns the searches for the items that the seed ranks first. */
export function searchesOf(seed: number, names: ReadonlyMap<string, string>): Wanted[] {
  const rank = (sku: string) => fraction(seed, `search/${sku}`);
  const chosen = [...names].sort(([one], [other]) => rank(one) - rank(other)).slice(0, itemCountMax);
  const bySku = chosen.map(([sku]) => ({ sku, text: sku, isMisspelt: false }));
  const byName = chosen.flatMap(([sku, name]) => {
    const text = misspell(name);
    return text === undefined ? [] : [{ sku, text, isMisspelt: true }];
  });
  return [...bySku, ...byName.slice(0, misspeltCountMax)];
}

/** Removes a letter in the middle of the longest word. Returns undefined when every word is too short. */
function misspell(name: string): string | undefined {
  const longest = [...name.matchAll(/[A-Za-z]+/g)].sort(([one], [other]) => other.length - one.length)[0];
  if (longest === undefined || longest[0].length < misspeltLettersMin) return undefined;
  const left = longest.index + Math.floor(longest[0].length / 2);
  return name.slice(0, left) + name.slice(left + 1);
}

/** Searches the first page only, because people look at that page. */
async function isFound(session: Session, { sku, text }: Wanted): Promise<boolean> {
  const answer = await session.send("search", "listItems", { query: { search: text, limit: limits.listLimitMax } });
  if (answer.kind === "done") return answer.value.items.some((item) => item.sku === sku);
  throw new UnexpectedRefusal(`search for "${text}": ${answer.problem.code}: ${answer.problem.detail}`);
}
