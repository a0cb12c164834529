import { z } from "zod";

/**
 * The values of a group of environment variables that functions share. A function's `environment.ts` builds its schema
 * from these groups and its own variables. Code that connects to a cache, a database or the bus accepts any environment
 * with the variables that it needs.
 */
export type Variables<Group extends z.ZodRawShape> = z.output<z.ZodObject<Group>>;

/** Variables that every function has. */
export const functionVariables = {
  ENVIRONMENT: z.string().min(1),
  LOG_LEVEL: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
  POWERTOOLS_SERVICE_NAME: z.string().min(1),
};

/** A DynamoDB table's name. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const TableName = z.string().min(3).max(255);

const Port = z
  .string()
  .regex(/^[0-9]{1,5}$/, "must be a port number")
  .transform(Number);

/** The tables that stores read and write. */
export const storeVariables = { INVENTORY_TABLE: TableName, REQUESTS_TABLE: TableName };

/** The address of the cache. Functions that read levels or limit requests have these. */
export const cacheVariables = {
  CACHE_HOST: z.string().min(1),
  CACHE_PORT: Port,
  /** `off` is for loopback only. */
  CACHE_TLS: z.enum(["on", "off"]),
};

/** The address of the database. */
export const databaseVariables = {
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: Port,
  DATABASE_NAME: z.string().min(1),
  /** `verify` accepts only a certificate of that host by an authority that Node trusts; `off` is for loopback only. */
  DATABASE_TLS: z.enum(["verify", "off"]),
};

/** The database role of a function. Its password is an IAM token. */
export const databaseUserVariable = { DATABASE_USER: z.string().min(1) };

/** The accepted tokens. Functions that verify tokens have these. */
export const tokenVariables = {
  JWT_ISSUER: z.url(),
  JWT_JWKS_URL: z.url(),
  JWT_AUDIENCE: z.string().min(1),
  /** Removed from each scope. A scope without it is dropped. With an empty prefix all scopes are kept unchanged. */
  JWT_SCOPE_PREFIX: z.string(),
};

/** Name of the event bus. */
export const eventBusVariable = { EVENT_BUS: z.string().min(1) };

/** The bucket of the quarantine for wrong records. */
export const quarantineVariable = { QUARANTINE_BUCKET: z.string().min(1) };

/** The queue of expiry timers. */
export const expiryQueueVariable = { EXPIRY_QUEUE_URL: z.url() };

/** The table of WebSocket connections, tickets and subscriptions. */
export const connectionsVariable = { CONNECTIONS_TABLE: TableName };

/** Where WebSocket clients connect. */
export const webSocketVariable = { WEBSOCKET_URL: z.url({ protocol: /^wss?$/ }) };

/** The table in which Powertools records the effects that were made. */
export const idempotencyVariable = { IDEMPOTENCY_TABLE: TableName };

export const webhookVariables = {
  WEBHOOKS_TABLE: TableName,
  /** `any` also accepts plain http and private addresses. It is for a laptop only. */
  WEBHOOK_TARGETS: z.enum(["public", "any"]),
};
