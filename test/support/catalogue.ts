import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Operation } from "../../contract/routes.ts";
import { type CataloguePorts, createCatalogueRoutes, needsToken } from "../../handlers/catalogue/routes.ts";
import { createHttpHandler, type HttpHandler } from "../../handlers/runtime/index.ts";
import { type GatewayRequest, recordingLog, send } from "./gateway-event.ts";
import { recordingMeter } from "./meter.ts";
import type { Shop } from "./shop.ts";

export interface CatalogueOptions {
  readonly access?: "public" | "private";
  readonly clock?: () => number;
  /** Runs instead of the wait between the archiving mark and the second check. */
  readonly meanwhile?: () => Promise<void>;
  readonly dynamoDb?: DynamoDBDocumentClient;
  readonly table?: string;
  readonly findItems?: CataloguePorts["findItems"];
}

/** Opens the catalogue function on a shop's table. Tests call it as API Gateway does. */
export function openCatalogue(shop: Shop, options: CatalogueOptions = {}) {
  const { access = "public", clock = Date.now, meanwhile = async () => {}, dynamoDb = shop.direct } = options;
  const waits: number[] = [];
  const ports: CataloguePorts = {
    access,
    clock,
    dynamoDb: () => dynamoDb,
    inventoryTable: options.table ?? shop.tables.inventory,
    wait: async (waitMs) => {
      waits.push(waitMs);
      await meanwhile();
    },
    openApi: async () => '{"openapi":"3.1.0"}',
    asyncApi: async () => '{"asyncapi":"3.0.0"}',
    findItems: options.findItems ?? (() => Promise.reject(new Error("this test has no search"))),
  };
  const handler: HttpHandler = createHttpHandler({
    function: "catalogue",
    routes: createCatalogueRoutes(ports),
    needsToken: needsToken(access),
    clock,
    ids: () => crypto.randomUUID(),
    log: recordingLog(),
    meter: recordingMeter(),
  });
  const call = (operation: Operation, request: GatewayRequest = {}) => send(handler, operation, request);
  const item = (operation: Operation, sku: string, request: GatewayRequest = {}) =>
    call(operation, { token: { scope: "catalogue:write" }, parameters: { sku }, ...request });
  return { waits, call, item };
}

export const ifMatch = (version: number) => ({ headers: { "If-Match": `"${version}"` } });
export const uniqueId = (stem: string) => `${stem}-${crypto.randomUUID().slice(0, 8)}`;
