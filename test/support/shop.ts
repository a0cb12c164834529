import { setTimeout as sleep } from "node:timers/promises";
import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { clientOptions, dynamoDbEndpoint } from "laptop-cloud/testing";
import type { Location } from "../../contract/catalogue.ts";
import { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { Clock, CommandContext, Idempotency } from "../../handlers/inventory/index.ts";
import { itemKey, locationKey, type Wait } from "../../handlers/inventory/index.ts";
import { createStoreDynamoDb } from "../../handlers/runtime/index.ts";
import { createReservationStore, createStockStore, type StorePorts } from "../../handlers/store/index.ts";
import { createTables } from "./tables.ts";

/** Waits, and resolves early when it is aborted, as the port requires. */
export const realWait: Wait = async (waitMs, signal) => {
  await sleep(waitMs, undefined, signal && { signal }).catch(() => {});
};

export interface ShopOptions {
  /** The DynamoDB endpoint of the stores; absent: the engine itself. */
  readonly endpoint?: string;
  readonly clock?: Clock;
  readonly wait?: Wait;
  readonly meter?: NonNullable<StorePorts["meter"]>;
}

/** Opens stores on new tables, with helpers to add data and to send commands. */
export async function openShop({ endpoint, clock = Date.now, wait = realWait, meter }: ShopOptions = {}) {
  const direct = createStoreDynamoDb(clientOptions(await dynamoDbEndpoint()));
  const tables = await createTables(direct);
  const dynamoDb = endpoint ? createStoreDynamoDb(clientOptions(endpoint)) : direct;
  const ids = () => crypto.randomUUID();
  const ports: StorePorts = { dynamoDb, tables, clock, ids, random: Math.random, wait, ...(meter && { meter }) };
  return {
    ports,
    direct,
    tables,
    stock: createStockStore(ports),
    reservations: createReservationStore(ports),
    context: (key?: string, bodyHash = "body") => contextOf(clock(), key, bodyHash),
    addItem: (name: string) => addItem(direct, tables.inventory, name),
    addLocation: (name: string, fields: Partial<Location> = {}) => addLocation(direct, tables.inventory, name, fields),
  };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;

export const reservationId = (text: string) => ReservationId.parse(text);

/** Returns a command's context. A command without a key is idempotent by nature. */
function contextOf(receivedAtMs: number, key: string | undefined, bodyHash: string): CommandContext {
  const requestId = crypto.randomUUID();
  const base = { requestId, actor: "tester", receivedAtMs };
  return key === undefined ? base : { ...base, idempotency: idempotencyOf(key, bodyHash) };
}

const idempotencyOf = (key: string, bodyHash: string): Idempotency => ({
  client: "client",
  subject: "tester",
  method: "POST",
  path: "/v1/test",
  key,
  bodyHash,
});

async function addItem(client: DynamoDBDocumentClient, table: string, name: string): Promise<Sku> {
  const sku = Sku.parse(name);
  const item = { ...itemKey(sku), type: "item", sku, name, status: "active", version: 1 };
  await client.send(new PutCommand({ TableName: table, Item: item }));
  return sku;
}

async function addLocation(
  client: DynamoDBDocumentClient,
  table: string,
  name: string,
  fields: Partial<Location>,
): Promise<LocationId> {
  const id = LocationId.parse(name);
  const base = { type: "location", id, name, kind: "warehouse", priority: 100, status: "active", version: 1 };
  await client.send(new PutCommand({ TableName: table, Item: { ...locationKey(id), ...base, ...fields } }));
  return id;
}
