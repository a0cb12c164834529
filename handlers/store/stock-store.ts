import { Sku } from "../../contract/identifiers.ts";
import type { Level } from "../../contract/level.ts";
import type { MovementsMade } from "../../contract/movement.ts";
import {
  type LevelRecord,
  levelKey,
  type MovementRequest,
  movementNeeds,
  movementReads,
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
import { type Command, orUnavailable, type RunnerPorts, runCommand } from "./command-runner.ts";
import { Existence } from "./existence.ts";
import { fromCursor, readIndexPage, toCursor } from "./index-page.ts";
import { createLevelReader, type LevelReader } from "./level-reader.ts";
import type { StorePorts } from "./ports.ts";
import type { StockStore } from "./store.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";

/** Stock on DynamoDB: commands that decide by one transaction, and reads. */
export function createStockStore(storePorts: StorePorts): StockStore {
  const ports: RunnerPorts = { ...storePorts, existence: new Existence(storePorts) };
  const table = ports.tables.inventory;
  const reader = (sinceMs = ports.clock()): TableReader => createTableReader(ports, startDeadline(ports, sinceMs));
  const levels = (sinceMs?: number): LevelReader => createLevelReader(reader(sinceMs), table);

  return {
    makeMovements: (context, command, expectedVersion) =>
      orUnavailable(async () => {
        const request = prepareMovements(command, expectedVersion);
        if ("code" in request) return { kind: "refused", refusal: request };
        const result = await runCommand(ports, context, movementCommand(table, request));
        if (result.kind === "refused") return result;
        const value = await movementsMade(levels(context.receivedAtMs), result.answer);
        return { kind: "done", value, replayed: result.replayed };
      }),

    putPolicy: (context, { sku, location, policy }, expectedVersion) =>
      orUnavailable(async () => {
        const request = { place: { sku, location }, policy, expectedVersion };
        const result = await runCommand(ports, context, policyCommand(table, request));
        if (result.kind === "refused") return result;
        const record = await levels(context.receivedAtMs).one(request.place, { consistent: true });
        return { kind: "done", value: toLevel(request.place, record), replayed: result.replayed };
      }),

    async readLevel(sku, location, options) {
      return toLevel({ sku, location }, await levels().one({ sku, location }, options));
    },

    async readPolicy(sku, location) {
      return toPolicy(await levels().one({ sku, location }, { consistent: true }));
    },

    async readItemLevels(sku, options) {
      return (await levels().ofItem(sku, options)).map(recordToLevel);
    },

    async listLocationLevels(location, { limit, cursor }) {
      const after = fromCursor(cursor, (sku) => Sku.safeParse(sku).success);
      const partition = { name: "location", value: location };
      const keyOf = (sku: string) => levelKey(sku as Sku, location);
      const page = await readIndexPage(reader(), {
        table,
        index: "byLocation",
        partition,
        order: "sku",
        limit,
        after,
        keyOf,
      });
      const places = page.entries.map(({ order }) => ({ sku: Sku.parse(order), location }));
      const found = await levels().many(places, { consistent: true });
      const records = places.flatMap((place) => found.get(placeKey(place)) ?? []);
      return { items: records.map(recordToLevel), nextCursor: toCursor(page.next) };
    },

    findMissing: ({ skus = [], locations = [] }) =>
      ports.existence.missing(reader(), { existence: "known", skus, locations }),
  };
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

/** Levels are read after the commit, so each has at least the version that its movement made. */
async function movementsMade(levels: LevelReader, answer: RecordedAnswer | undefined): Promise<MovementsMade> {
  if (answer?.type !== "movements") throw new Error(`movements were answered with ${answer?.type ?? "nothing"}`);
  const found = await levels.many(answer.movements, { consistent: true });
  const movements = answer.movements.map((movement) => ({
    ...movement,
    level: toLevel({ sku: movement.sku, location: movement.location }, found.get(placeKey(movement))),
  }));
  return { movements };
}
