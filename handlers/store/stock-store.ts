import { type LocationId, Sku } from "../../contract/identifiers.ts";
import type { Level } from "../../contract/level.ts";
import type { MovementsMade } from "../../contract/movement.ts";
import {
  decodeCursor,
  done,
  encodeCursor,
  type LevelRecord,
  levelKey,
  type MovementRequest,
  movementNeeds,
  movementReads,
  type Outcome,
  type PolicyRequest,
  placeKey,
  planMovements,
  planPolicy,
  policyNeeds,
  prepareMovements,
  type RecordedAnswer,
  toLevel,
  toPolicy,
} from "../inventory/index.ts";
import { type Command, runCommand } from "./command-runner.ts";
import { Existence } from "./existence.ts";
import { readIndexPage } from "./index-page.ts";
import { createLevelReader, type LevelReader } from "./level-reader.ts";
import type { SendPorts } from "./plan-sender.ts";
import type { StorePorts } from "./ports.ts";
import type { ListOptions, Page, StockStore } from "./store.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";

/** Creates the stock store on DynamoDB: commands that decide by one transaction, and reads. */
export function createStockStore(storePorts: StorePorts): StockStore {
  const ports: SendPorts = { ...storePorts, existence: new Existence(storePorts) };
  const table = ports.tables.inventory;
  const reader = (sinceMs = ports.clock()): TableReader => createTableReader(ports, startDeadline(ports, sinceMs));
  const levels = (sinceMs?: number): LevelReader => createLevelReader(reader(sinceMs), table);

  return {
    async makeMovements(context, command, expectedVersion) {
      const request = prepareMovements(command, expectedVersion);
      if (request.kind === "refused") return request;
      const made = await runCommand(ports, context, movementCommand(table, request.value));
      if (made.kind === "refused") return made;
      return done(await movementsMade(levels(context.receivedAtMs), made.value), made.replayed);
    },

    async putPolicy(context, { sku, location, policy }, expectedVersion) {
      const request = { place: { sku, location }, policy, expectedVersion };
      const put = await runCommand(ports, context, policyCommand(table, request));
      if (put.kind === "refused") return put;
      const record = await levels(context.receivedAtMs).one(request.place, { consistent: true });
      return done(toLevel(request.place, record), put.replayed);
    },

    async readLevel(sku, location, options) {
      return toLevel({ sku, location }, await levels().one({ sku, location }, options));
    },

    async readPolicy(sku, location) {
      return toPolicy(await levels().one({ sku, location }, { consistent: true }));
    },

    async readItemLevels(sku, options) {
      return (await levels().ofItem(sku, options)).map(recordToLevel);
    },

    listLocationLevels: (location, options) =>
      listLocationLevels({ table, reader: reader(), levels: levels() }, location, options),

    findMissing: ({ skus = [], locations = [] }) =>
      ports.existence.missing(reader(), { existence: "known", skus, locations }),
  };
}

interface LevelList {
  readonly table: string;
  readonly reader: TableReader;
  readonly levels: LevelReader;
}

async function listLocationLevels(
  { table, reader, levels }: LevelList,
  location: LocationId,
  { limit, cursor }: ListOptions,
): Promise<Outcome<Page<Level>>> {
  const after = decodeCursor(cursor, (sku) => Sku.safeParse(sku).data);
  if (after.kind === "refused") return after;
  const page = await readIndexPage(reader, {
    table,
    index: "byLocation",
    partition: { name: "location", value: location },
    order: "sku",
    limit,
    after: after.value,
    keyOf: (sku) => levelKey(Sku.parse(sku), location),
  });
  const places = page.entries.map(({ order }) => ({ sku: Sku.parse(order), location }));
  const found = await levels.many(places, { consistent: true });
  const records = places.flatMap((place) => found.get(placeKey(place)) ?? []);
  return done({
    items: records.map(recordToLevel),
    nextCursor: page.next === undefined ? null : encodeCursor(page.next),
  });
}

const recordToLevel = (record: LevelRecord): Level => toLevel(record, record);

function movementCommand(table: string, request: MovementRequest): Command<ReadonlyMap<string, LevelRecord>> {
  return {
    needs: movementNeeds(request),
    async read(reader, options) {
      if (movementReads(request) === "nothing") return new Map();
      return createLevelReader(reader, table).many(request.lines, options);
    },
    decide: (planContext, levels) => planMovements(planContext, request, levels),
  };
}

function policyCommand(table: string, request: PolicyRequest): Command<LevelRecord | undefined> {
  return {
    needs: policyNeeds(request),
    read: (reader, options) => createLevelReader(reader, table).one(request.place, options),
    decide: (planContext, level) => planPolicy(planContext, request, level),
  };
}

/** Adds the levels to the movements. It reads them after the commit, so each has at least its movement's version. */
async function movementsMade(levels: LevelReader, answer: RecordedAnswer | undefined): Promise<MovementsMade> {
  if (answer?.type !== "movements") throw new Error(`movements were answered with ${answer?.type ?? "nothing"}`);
  const found = await levels.many(answer.movements, { consistent: true });
  const movements = answer.movements.map((movement) => ({
    ...movement,
    level: toLevel({ sku: movement.sku, location: movement.location }, found.get(placeKey(movement))),
  }));
  return { movements };
}
