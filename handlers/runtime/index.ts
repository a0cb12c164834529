export { createStoreDynamoDb, lazyDynamoDb, storePorts } from "./aws/dynamo-db.ts";
export { lazySqs } from "./aws/sqs.ts";
export { type Binding, type Bound, bind, bindUnmetered, type Ports } from "./bind.ts";
export { canonicalJson, sha256 } from "./canonical.ts";
export { ExpiryTimer, sendExpiryTimer, type TimerPorts } from "./expiry-timer.ts";
export { versionTag } from "./http/entity-tag.ts";
export { createHttpHandler, type HttpHandler } from "./http/handler.ts";
export type { Principal } from "./http/principal.ts";
export type {
  Checks,
  RouteHandlers,
  RouteRequest,
} from "./http/route-handlers.ts";
export { bodyInvalid } from "./http/validate.ts";
export { lazy } from "./lazy.ts";
export { aboutRequests, type Log } from "./observability/log.ts";
export type { Meter } from "./observability/meter.ts";
export { systemClock, systemIds, systemRandom, systemWait } from "./system.ts";
