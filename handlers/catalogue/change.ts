import {
  type CommandContext,
  done,
  type Outcome,
  type Refused,
  unavailable,
  versionMoved,
} from "../inventory/index.ts";
import { bodyInvalid, canonicalJson } from "../runtime/index.ts";
import type { Noun, NounName, Nouns } from "./noun.ts";
import type { CatalogueRecord } from "./record.ts";
import { type CatalogueTablePorts, readRecord, replaceRecord } from "./table.ts";

export interface EntryChange<N extends NounName> {
  readonly noun: Noun<N>;
  readonly id: Nouns[N]["id"];
  readonly context: CommandContext;
  readonly ifMatch: number | undefined;
}

export interface Changed<N extends NounName> {
  readonly record: CatalogueRecord<N>;
  readonly created: boolean;
}

/** One entry has few writers. If others win this many times in a row, something is wrong. */
const attemptCountMax = 10;

export function putEntry<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
  fields: Nouns[N]["fields"],
): Promise<Outcome<Changed<N>>> {
  return compareAndChange(ports, change, (current) => done({ fields, ...statusOf(current) }));
}

export function patchEntry<N extends NounName>(
  ports: CatalogueTablePorts,
  change: EntryChange<N>,
  patch: Nouns[N]["patch"],
): Promise<Outcome<Changed<N>>> {
  const { noun, id } = change;
  return compareAndChange(ports, change, (current) => {
    if (!current) return noun.notFound(id);
    const merged = noun.fieldsSchema.safeParse(noun.merge(current.fields, patch));
    if (!merged.success) return bodyInvalid(merged.error);
    return done({ fields: merged.data, ...statusOf(patch.status === "active" ? undefined : current) });
  });
}

/** Keeps the mark of a running archiving, and removes the mark of an abandoned one. */
function statusOf<N extends NounName>(current: CatalogueRecord<N> | undefined) {
  const status = current?.status ?? "active";
  return { status, archiving: status === "archiving" ? current?.archiving : undefined };
}

type Next<N extends NounName> = Pick<CatalogueRecord<N>, "fields" | "status" | "archiving">;

/** Reads, decides, and writes if nothing has changed since the read. Writes nothing when the entry stays the same. */
async function compareAndChange<N extends NounName>(
  ports: CatalogueTablePorts,
  { noun, id, context, ifMatch }: EntryChange<N>,
  decide: (current: CatalogueRecord<N> | undefined) => Outcome<Next<N>>,
): Promise<Outcome<Changed<N>>> {
  for (let attempt = 1; attempt <= attemptCountMax; attempt++) {
    const current = await readRecord(ports, noun, id, { consistent: true });
    // This request has already written, but the answer of the write was lost.
    if (current?.requestId === context.requestId) {
      return done({ record: current, created: current.revision === 1 });
    }
    const decided = decide(current);
    if (decided.kind === "refused") return decided;
    const next = decided.value;
    const found = current?.version ?? 0;
    if (ifMatch !== undefined && ifMatch !== found) return versionMoved(`${noun.type} ${id}`, ifMatch, found);
    if (current && sameAs(current, next)) return done({ record: current, created: false });
    const at = new Date(ports.clock()).toISOString();
    const record: CatalogueRecord<N> = {
      id,
      ...next,
      createdAt: current?.createdAt ?? at,
      updatedAt: at,
      version: found + 1,
      revision: (current?.revision ?? 0) + 1,
      requestId: context.requestId,
      actor: context.actor,
    };
    if ((await replaceRecord(ports, noun, record)) === "written") {
      return done({ record, created: current === undefined });
    }
  }
  return raced(noun, id);
}

/** Returns the refusal for a request whose every attempt lost against another writer. */
export const raced = <N extends NounName>(noun: Noun<N>, id: Nouns[N]["id"]): Refused =>
  unavailable(`Others changed ${noun.type} ${id} at the same time.`);

function sameAs<N extends NounName>(current: CatalogueRecord<N>, next: Next<N>): boolean {
  const abandoned = current.archiving !== undefined && next.archiving === undefined;
  return !abandoned && current.status === next.status && canonicalJson(current.fields) === canonicalJson(next.fields);
}
