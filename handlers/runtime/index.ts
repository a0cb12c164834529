export { lazyDynamoDb, lazySqs } from "./aws/clients.ts";
export { canonicalJson, sha256 } from "./canonical.ts";
export { parseEnvironment } from "./environment.ts";
export { ExpiryTimer, sendExpiryTimer, type TimerPorts } from "./expiry-timer.ts";
export { versionTag } from "./http/entity-tag.ts";
export { createHttpHandler, type HttpHandler } from "./http/handler.ts";
export type { Principal } from "./http/principal.ts";
export {
  type Checks,
  type Refused,
  type RouteHandlers,
  type RouteRequest,
  refuse,
} from "./http/route-handlers.ts";
export { bodyInvalid, validationFailed } from "./http/validate.ts";
export { lazy } from "./lazy.ts";
export { aboutRequests, createLog, type Log } from "./observability/log.ts";
export { createMeter, type Meter, metered } from "./observability/meter.ts";
export { systemClock, systemIds, systemRandom, systemWait } from "./system.ts";
