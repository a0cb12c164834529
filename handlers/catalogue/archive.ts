import { quantities, quantityNames } from "../../contract/quantity.ts";
import { done, type Outcome, type Refused, unavailable, versionMoved } from "../inventory/index.ts";
import { type Changed, type EntryChange, raced } from "./change.ts";
import type { NounName } from "./noun.ts";
import type { CatalogueRecord } from "./record.ts";
import { type CatalogueTablePorts, levelsOf, readRecord, replaceRecord } from "./table.ts";

/**
 * A command may use an item for 5 s after it found it active, and its write has a time-out of 1 s. So after this wait
 * the levels contain every change by commands that did not see the mark.
 */
const settleMs = 6_000;
const archiveMsMax = 25_000;
const attemptCountMax = 10;

/**
 * Archives an item or location. If a level is in use, refuses and marks nothing. Else marks the entry as archiving,
 * waits, checks the levels again, and then archives the entry or removes the mark.
 */
export async function archiveEntry<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
): Promise<Outcome<Changed<N>>> {
  const before = await readRecord(ports, change.noun, change.id, { consistent: true });
  const refusal = preconditionRefusal(change, before) ?? (await inUse(ports, change));
  if (refusal) return refusal;
  if (before?.status === "archived") return unchanged(before);
  try {
    const marked = await mark(ports, change);
    if (marked.kind === "refused" || marked.value.record.status === "archived") return marked;
    await ports.wait(settleMs);
    const used = await inUse(ports, change);
    if (used) {
      await unmark(ports, change);
      return used;
    }
    return await finish(ports, change);
  } catch (error) {
    await unmark(ports, change);
    throw error;
  }
}

function preconditionRefusal<N extends NounName>(
  { noun, id, ifMatch }: EntryChange<N>,
  current: CatalogueRecord<N> | undefined,
): Refused | undefined {
  if (!current) return noun.notFound(id);
  if (ifMatch === undefined || ifMatch === current.version) return undefined;
  return versionMoved(`${noun.type} ${id}`, ifMatch, current.version);
}

const preventing = quantityNames.filter((name) => quantities[name].preventsArchiving);

async function inUse<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
): Promise<Refused | undefined> {
  const { noun, id } = change;
  for await (const levels of levelsOf(ports, noun, id)) {
    const used = levels.find((level) => preventing.some((name) => level[name] > 0));
    if (used) return noun.inUse(id, noun.type === "item" ? used.location : used.sku);
    if (outOfTime(ports, change)) return tooSlow(change);
  }
  return undefined;
}

const outOfTime = <N extends NounName>(ports: CatalogueTablePorts, { context }: EntryChange<N>): boolean =>
  ports.clock() - context.receivedAtMs > archiveMsMax;

const tooSlow = <N extends NounName>({ noun, id }: EntryChange<N>): Refused =>
  unavailable(`Archiving ${noun.type} ${id} took longer than ${archiveMsMax / 1_000} s and was undone.`);

const unchanged = <N extends NounName>(record: CatalogueRecord<N>) => done({ record, created: false });

/**
 * Marks the entry. Clients do not see the mark, so `version` stays the same. Replaces the mark of another attempt,
 * which then no longer finds its own mark. A record that was archived meanwhile is returned unchanged.
 */
async function mark<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
): Promise<Outcome<Changed<N>>> {
  const attempt = change.context.requestId;
  for (let count = 1; count <= attemptCountMax; count++) {
    const current = await readRecord(ports, change.noun, change.id, { consistent: true });
    const refusal = preconditionRefusal(change, current);
    if (refusal || !current) return refusal ?? change.noun.notFound(change.id);
    if (current.status === "archived" || current.archiving?.attempt === attempt) return unchanged(current);
    const marked: CatalogueRecord<N> = {
      ...current,
      status: "archiving",
      archiving: { attempt, markedAtMs: ports.clock() },
      revision: current.revision + 1,
    };
    if ((await replaceRecord(ports, change.noun, marked)) === "written") return unchanged(marked);
  }
  return raced(change.noun, change.id);
}

async function finish<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
): Promise<Outcome<Changed<N>>> {
  for (let count = 1; count <= attemptCountMax; count++) {
    const current = await readRecord(ports, change.noun, change.id, { consistent: true });
    if (current?.status === "archived") return unchanged(current);
    if (current?.archiving?.attempt !== change.context.requestId) return raced(change.noun, change.id);
    const refusal = preconditionRefusal(change, current) ?? (outOfTime(ports, change) ? tooSlow(change) : undefined);
    if (refusal) {
      await unmark(ports, change);
      return refusal;
    }
    const archived: CatalogueRecord<N> = {
      ...current,
      status: "archived",
      archiving: undefined,
      updatedAt: new Date(ports.clock()).toISOString(),
      version: current.version + 1,
      revision: current.revision + 1,
      requestId: change.context.requestId,
      actor: change.context.actor,
    };
    if ((await replaceRecord(ports, change.noun, archived)) === "written") return unchanged(archived);
  }
  await unmark(ports, change);
  return raced(change.noun, change.id);
}

/**
 * Removes the mark of this attempt, no other. A mark left by a crash is ignored after `limits.archivingAbandonedMs`.
 */
async function unmark<N extends NounName>(ports: CatalogueTablePorts, change: EntryChange<N>): Promise<void> {
  for (let count = 1; count <= attemptCountMax; count++) {
    const current = await readRecord(ports, change.noun, change.id, { consistent: true });
    if (current?.archiving?.attempt !== change.context.requestId) return;
    const reverted: CatalogueRecord<N> = {
      ...current,
      status: "active",
      archiving: undefined,
      revision: current.revision + 1,
    };
    if ((await replaceRecord(ports, change.noun, reverted)) === "written") return;
  }
}
