import { z } from "zod";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { Progress } from "../progress.ts";
import type { Session } from "../replay/session.ts";
import type { System } from "../system/endpoints.ts";
import type { Difference } from "./compare.ts";
import type { Crossing } from "./crossings.ts";
import { whyNoCrossing } from "./events.ts";
import { levelName } from "./levels.ts";
import { untilComplete } from "./until-complete.ts";

const Mails = z.array(z.looseObject({ at: z.iso.datetime(), subject: z.string(), text: z.string().default("") }));

/** The contents of a mail about a level that ran low. */
export interface LowStockMail {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly version: number;
  readonly available: number;
}

/** A mail follows its crossing within seconds, or within a minute when an earlier change arrived late. */
const silenceMsMax = 120_000;

export interface CheckedMails {
  /** Mails about the run's levels. */
  readonly count: number;
  readonly differences: readonly Difference[];
}

/**
 * Waits until each crossing has its mail, then compares. A mail about a level that the run does not watch belongs to
 * another client, if that level has a low-stock policy.
 */
export async function checkMails(
  system: Pick<System, "mails">,
  options: { session: Session; crossings: readonly Crossing[]; progress: Progress; signal: AbortSignal },
): Promise<CheckedMails> {
  const { session, crossings, ...waiting } = options;
  const sinceMs = Date.parse(session.journal.fact("startedAt") ?? "");
  const total = crossings.filter(isLow).length;
  let mails: readonly LowStockMail[] = [];
  const look = async () => {
    mails = await readMails(system.mails, sinceMs);
    return { done: total - unsent(crossings, mails).length, total };
  };
  await untilComplete(look, { phase: "mails", unit: "mails", silenceMsMax, ...waiting });

  const watched = new Set(session.journal.watched().map(levelName));
  const own = mails.filter((mail) => watched.has(levelName(mail)));
  const differences = compareMails(crossings, own);
  for (const mail of mails.filter((other) => !watched.has(levelName(other)))) {
    const why = await whyNoCrossing(session, mail);
    if (why !== undefined) differences.push({ subject: levelName(mail), what: `a mail says it ran low, but ${why}` });
  }
  return { count: own.length, differences };
}

/** Reads the low-stock mails that were sent on this laptop since `sinceMs`, oldest first. */
export async function readMails(endpoint: string, sinceMs: number): Promise<LowStockMail[]> {
  const response = await fetch(`${endpoint}/mails`);
  const mails = Mails.parse(await response.json());
  return mails.filter(({ at }) => Date.parse(at) >= sinceMs).flatMap(readMail);
}

function readMail({ subject, text }: z.output<typeof Mails>[number]): LowStockMail[] {
  const [, sku, location, available] = /^Low stock: (\S+) at (\S+), (-?\d+) available$/.exec(subject) ?? [];
  const [, version] = /, version (\d+)\.$/m.exec(text) ?? [];
  if (version === undefined) return [];
  return [
    {
      sku: Sku.parse(sku),
      location: LocationId.parse(location),
      version: Number(version),
      available: Number(available),
    },
  ];
}

/** Returns every difference between mails and crossings in the ledger: each StockRanLow must have exactly one mail. */
export function compareMails(crossings: readonly Crossing[], mails: readonly LowStockMail[]): Difference[] {
  const crossingOf = new Map(crossings.filter(isLow).map((crossing) => [changeName(crossing), crossing]));
  const missing = unsent(crossings, mails).map((crossing) => ({
    subject: levelName(crossing),
    what: `no mail tells that version ${crossing.version} (${crossing.kind}) ran low at ${crossing.available}`,
  }));
  const wrong = [...Map.groupBy(mails, changeName)].flatMap(([change, same]) =>
    same.flatMap((mail, index) => {
      const what = mailProblem(mail, { crossing: crossingOf.get(change), isRepeated: index > 0 });
      return what === undefined ? [] : [{ subject: levelName(mail), what }];
    }),
  );
  return [...missing, ...wrong];
}

function mailProblem(
  { version, available }: LowStockMail,
  { crossing, isRepeated }: { crossing: Crossing | undefined; isRepeated: boolean },
): string | undefined {
  if (crossing === undefined) return `a mail says that version ${version} ran low at ${available}, but it did not`;
  if (isRepeated) return `another mail says that version ${version} ran low`;
  if (available === crossing.available) return undefined;
  return `a mail says that version ${version} left ${available} available, but it left ${crossing.available}`;
}

function unsent(crossings: readonly Crossing[], mails: readonly LowStockMail[]): Crossing[] {
  const sent = new Set(mails.map(changeName));
  return crossings.filter((crossing) => isLow(crossing) && !sent.has(changeName(crossing)));
}

const isLow = ({ type }: Crossing): boolean => type === "StockRanLow";
const changeName = (change: { sku: string; location: string; version: number }): string =>
  `${levelName(change)}, version ${change.version}`;
