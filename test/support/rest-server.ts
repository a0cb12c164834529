import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Route } from "../../contract/route.ts";
import { type Operation, routes } from "../../contract/routes.ts";
import { createReservationRoutes, reservationChecks } from "../../handlers/reservations/routes.ts";
import { createLevelsChanged } from "../../handlers/runtime/cache/index.ts";
import { createHttpHandler, type HttpHandler, lazy } from "../../handlers/runtime/index.ts";
import { createStockRoutes, stockChecks } from "../../handlers/stock/routes.ts";
import { createWebhookRoutes, webhookChecks } from "../../handlers/webhooks/routes.ts";
import { levelCacheWithoutRedis, levelsOf } from "./cache.ts";
import { type CatalogueOptions, openCatalogue } from "./catalogue.ts";
import { type GatewayAnswer, recordingLog, send } from "./gateway-event.ts";
import { recordingMeter } from "./meter.ts";
import type { Shop } from "./shop.ts";
import { openWebhookTable } from "./webhook-table.ts";

/** Chooses what the network loses of a call; undefined: nothing. */
export type Weather = (operation: Operation) => "request lost" | "answer lost" | undefined;

/** Serves REST on loopback for one test: the functions on a shop's tables, without the gateway. Returns the URL. */
export async function serveShop(
  shop: Shop,
  weather: Weather = () => undefined,
  options: Pick<CatalogueOptions, "findItems"> = {},
): Promise<string> {
  const call = callerOf(shop, options);
  const server = createServer(async (request, response) => {
    const found = findRoute(request);
    const what = weather(found.operation);
    if (what === "request lost") return request.socket.destroy();
    const answer = await call(found.operation, found.parameters, await textOf(request), request);
    return what === "answer lost" ? request.socket.destroy() : write(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function callerOf(shop: Shop, options: Pick<CatalogueOptions, "findItems">) {
  const shared = { clock: shop.ports.clock, ids: shop.ports.ids, log: recordingLog(), meter: recordingMeter() };
  const stock: HttpHandler = createHttpHandler({
    function: "stock",
    checks: stockChecks,
    ...shared,
    routes: createStockRoutes({
      store: shop.stock,
      levels: levelsOf(shop.stock, shop.ports.clock),
      clock: shop.ports.clock,
    }),
  });
  const reservations: HttpHandler = createHttpHandler({
    function: "reservations",
    checks: reservationChecks,
    ...shared,
    routes: createReservationRoutes({
      store: shop.reservations,
      setTimer: async () => {},
      announceRefusal: async () => {},
      log: shared.log,
      levelsChanged: createLevelsChanged(levelCacheWithoutRedis()),
      meter: shared.meter,
    }),
  });
  const catalogue = openCatalogue(shop, options);
  const webhooks = lazy(async (): Promise<HttpHandler> => {
    const { webhooks } = await openWebhookTable();
    const secret = () => randomBytes(32).toString("base64");
    const routes = createWebhookRoutes({ webhooks, clock: shop.ports.clock, secret });
    return createHttpHandler({ function: "webhooks", routes, checks: webhookChecks("any"), ...shared });
  });
  return async (operation: Operation, parameters: Record<string, string>, body: string, request: IncomingMessage) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, `${value}`]));
    const query = Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams);
    const gatewayRequest = { parameters, query, headers, token: { scope: "admin" }, ...(body !== "" && { body }) };
    if (routes[operation].function === "catalogue") return catalogue.call(operation, gatewayRequest);
    if (routes[operation].function === "webhooks") return send(await webhooks(), operation, gatewayRequest);
    return send(routes[operation].function === "stock" ? stock : reservations, operation, gatewayRequest);
  };
}

function findRoute(request: IncomingMessage): { operation: Operation; parameters: Record<string, string> } {
  const path = request.url?.split("?")[0] ?? "";
  for (const [operation, route] of Object.entries(routes) as [Operation, Route][]) {
    const pattern = route.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match !== null && route.method === request.method) return { operation, parameters: { ...match.groups } };
  }
  throw new Error(`no route ${request.method} ${path}`);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function write(response: ServerResponse, answer: GatewayAnswer): void {
  response.writeHead(answer.status, answer.headers).end(answer.body === "" ? "" : JSON.stringify(answer.body));
}
