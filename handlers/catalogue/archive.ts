import type { Refusal } from "../../contract/problem.ts";
import { quantities, quantityNames } from "../../contract/quantity.ts";
import { unavailable, versionMoved } from "../inventory/index.ts";
import { type Refused, refuse } from "../runtime/index.ts";
import type { Change, ChangeResult } from "./change.ts";
import type { NounName } from "./noun.ts";
import type { CatalogueRecord } from "./record.ts";
import { levelsOf, readRecord, replaceRecord, type TablePorts } from "./table.ts";

/**
 * Longer than a command may act on an item that it found active (5 s) plus its write's time-out (1 s): after the wait,
 * the levels hold everything that commands from before the mark have done.
 */
const settleMs = 6_000;
const archiveMsMax = 25_000;
const attemptCountMax = 10;

/** Nothing marked when a level is in use; else mark, wait, look again, and archive or take the mark back. */
export async function archiveEntry<N extends NounName>(ports: TablePorts, change: Change<N>): Promise<ChangeResult<N>> {
  const before = await readRecord(ports, change.noun, change.id, { consistent: true });
  const refusal = preconditionRefusal(change, before) ?? (await inUse(ports, change));
  if (refusal) return refuse(refusal);
  if (before?.status === "archived") return { kind: "changed", record: before, created: false };
  try {
    const marked = await mark(ports, change);
    if ("kind" in marked) return marked;
    await ports.wait(settleMs);
    const used = await inUse(ports, change);
    if (used) {
      await unmark(ports, change);
      return refuse(used);
    }
    return await finish(ports, change);
  } catch (error) {
    await unmark(ports, change);
    throw error;
  }
}

function preconditionRefusal<N extends NounName>(
  { noun, id, ifMatch }: Change<N>,
  current: CatalogueRecord<N> | undefined,
): Refusal | undefined {
  if (!current) return noun.notFound(id);
  if (ifMatch === undefined || ifMatch === current.version) return undefined;
  return versionMoved(`${noun.type} ${id}`, ifMatch, current.version);
}

const preventing = quantityNames.filter((name) => quantities[name].preventsArchiving);

async function inUse<N extends NounName>(ports: TablePorts, change: Change<N>): Promise<Refusal | undefined> {
  const { noun, id } = change;
  for await (const levels of levelsOf(ports, noun, id)) {
    const used = levels.find((level) => preventing.some((name) => level[name] > 0));
    if (used) return noun.inUse(id, noun.type === "item" ? used.location : used.sku);
    if (outOfTime(ports, change)) return tooSlow(change);
  }
  return undefined;
}

const outOfTime = <N extends NounName>(ports: TablePorts, { context }: Change<N>): boolean =>
  ports.clock() - context.receivedAtMs > archiveMsMax;

const tooSlow = <N extends NounName>({ noun, id }: Change<N>): Refusal =>
  unavailable(`Archiving ${noun.type} ${id} took longer than ${archiveMsMax / 1_000} s and was undone. Repeat it.`);

const raced = <N extends NounName>({ noun, id }: Change<N>): Refused =>
  refuse(unavailable(`Others changed ${noun.type} ${id} at the same time. Repeat the request.`));

/** Invisible to readers, so `version` stays; a mark of another attempt is taken over, and that attempt finds it gone. */
async function mark<N extends NounName>(
  ports: TablePorts,
  change: Change<N>,
): Promise<CatalogueRecord<N> | ChangeResult<N>> {
  const attempt = change.context.requestId;
  for (let count = 1; count <= attemptCountMax; count++) {
    const current = await readRecord(ports, change.noun, change.id, { consistent: true });
    const refusal = preconditionRefusal(change, current);
    if (refusal || !current) return refuse(refusal ?? change.noun.notFound(change.id));
    if (current.status === "archived") return { kind: "changed", record: current, created: false };
    if (current.archiving?.attempt === attempt) return current;
    const marked: CatalogueRecord<N> = {
      ...current,
      status: "archiving",
      archiving: { attempt, markedAtMs: ports.clock() },
      revision: current.revision + 1,
    };
    if ((await replaceRecord(ports, change.noun, marked)) === "written") return marked;
  }
  return raced(change);
}

async function finish<N extends NounName>(ports: TablePorts, change: Change<N>): Promise<ChangeResult<N>> {
  for (let count = 1; count <= attemptCountMax; count++) {
    const current = await readRecord(ports, change.noun, change.id, { consistent: true });
    if (current?.status === "archived") return { kind: "changed", record: current, created: false };
    if (current?.archiving?.attempt !== change.context.requestId) return raced(change);
    const refusal = preconditionRefusal(change, current) ?? (outOfTime(ports, change) ? tooSlow(change) : undefined);
    if (refusal) {
      await unmark(ports, change);
      return refuse(refusal);
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
    if ((await replaceRecord(ports, change.noun, archived)) === "written") {
      return { kind: "changed", record: archived, created: false };
    }
  }
  await unmark(ports, change);
  return raced(change);
}

/** Only one's own mark. What a crash leaves behind is ignored after `limits.archivingAbandonedMs`. */
async function unmark<N extends NounName>(ports: TablePorts, change: Change<N>): Promise<void> {
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
