import { ReservationId } from "../../contract/identifiers.ts";
import type { Reservation, ReservationStatus } from "../../contract/reservation.ts";
import {
  deadlineOrderEnd,
  deadlineShardOf,
  decodeCursor,
  done,
  encodeCursor,
  type Outcome,
  reservationAt,
  reservationKey,
  reservationOf,
} from "../inventory/index.ts";
import { type IndexPage, readIndexPage } from "./index-page.ts";
import type { ListOptions, Page } from "./store.ts";
import type { TableReader } from "./table-reader.ts";

interface OwnerList extends ListOptions {
  readonly table: string;
  readonly owner: string;
  readonly status?: ReservationStatus | undefined;
  readonly nowMs: number;
}

/** The most index pages read for one page of the list. With a rare status the next cursor leads to the rest. */
const roundsMax = 10;

/**
 * Lists the reservations of an owner, newest first. The filter by status reads the items: the index has no status,
 * because otherwise every change of status would write to the index.
 */
export async function listByOwner(reader: TableReader, list: OwnerList): Promise<Outcome<Page<Reservation>>> {
  const { table, owner, limit } = list;
  const partition = { name: "owner", value: owner };
  const query = { table, index: "byOwner", partition, order: "ownerOrder", newestFirst: true, keyOf: keyOfOwnerOrder };
  const items: Reservation[] = [];
  const begin = decodeCursor(list.cursor, (order) =>
    ReservationId.safeParse(idOf(order)).success ? order : undefined,
  );
  if (begin.kind === "refused") return begin;
  let after = begin.value;
  for (let round = 0; round < roundsMax && items.length < limit; round++) {
    const page = await readIndexPage(reader, { ...query, limit: limit - items.length, after });
    items.push(...(await readEntries(reader, list, page.entries)));
    after = page.next;
    if (after === undefined) break;
  }
  return done({ items, nextCursor: after === undefined ? null : encodeCursor(after) });
}

async function readEntries(
  reader: TableReader,
  list: OwnerList,
  entries: IndexPage["entries"],
): Promise<Reservation[]> {
  const keys = entries.map(({ key }) => key);
  const found = await reader.getMany(list.table, keys, { consistent: true });
  const byId = new Map(found.map((item) => [item.id, reservationAt(reservationOf(item), list.nowMs)]));
  const inOrder = entries.flatMap(({ order }) => byId.get(idOf(order)) ?? []);
  return inOrder.filter(({ status }) => list.status === undefined || status === list.status);
}

/** Returns the id in an order value `<instant>#<id>`. Neither part contains a #. */
const idOf = (ownerOrder: string): string => ownerOrder.slice(ownerOrder.indexOf("#") + 1);
const keyOfOwnerOrder = (order: string) => reservationKey(ReservationId.parse(idOf(order)));

interface DueList {
  readonly table: string;
  readonly minute: number;
  readonly shard: number;
  readonly untilMs: number;
}

/** Returns the ids of one minute and shard with a deadline up to `untilMs`. The index may lag behind the table. */
export async function listDue(reader: TableReader, { table, minute, shard, untilMs }: DueList) {
  const items = await reader.all({
    TableName: table,
    IndexName: "byDeadline",
    KeyConditionExpression: "#shard = :shard AND #order <= :until",
    ExpressionAttributeNames: { "#shard": "deadlineShard", "#order": "deadlineOrder" },
    ExpressionAttributeValues: {
      ":shard": deadlineShardOf(minute, shard),
      ":until": deadlineOrderEnd(new Date(untilMs).toISOString()),
    },
  });
  return items.map(({ deadlineOrder }) => ReservationId.parse(idOf(String(deadlineOrder))));
}
