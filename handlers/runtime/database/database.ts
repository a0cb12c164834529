import { Signer } from "@aws-sdk/rds-signer";
import { Kysely, PostgresDialect } from "kysely";
import { type ClientConfig, type CustomTypesConfig, Pool, types } from "pg";
import type { DB } from "../../../sql/database.generated.ts";
import type { Bound, Ports } from "../bind.ts";
import type { Log } from "../observability/log.ts";
import type { databaseUserVariable, databaseVariables, Variables } from "../variables.ts";

export type Database = Kysely<DB>;

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: "verify" | "off";
}

interface DatabasePoolOptions {
  readonly address: DatabaseAddress;
  readonly user: string;
  /** Asked for at each new connection: an IAM token lives 15 minutes. */
  readonly password: () => Promise<string>;
  /** For one query, with the network; longer than the role's own statement_timeout, whose error says more. */
  readonly queryTimeoutMs: number;
  readonly log: Log;
}

const connectTimeoutMs = 5_000;
/** An instance serves one request at a time; the second connection is for one that replaces a broken first. */
const connectionCountMax = 2;
/** Below the idle time-outs of proxy and network, so that an instance that was frozen does not start with a dead connection. */
const idleTimeoutMs = 60_000;

/** Connects at the first query. */
export function createDatabase(options: DatabasePoolOptions): Database {
  const pool = new Pool({
    ...connectionConfig(options.address),
    user: options.user,
    password: options.password,
    query_timeout: options.queryTimeoutMs,
    max: connectionCountMax,
    idleTimeoutMillis: idleTimeoutMs,
    allowExitOnIdle: true,
  });
  // Without a listener the loss of an idle connection would end the process; the pool has dropped it already.
  pool.on("error", (error) => options.log.warn("idle database connection lost", { reason: error.message }));
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

/** What a client and a pool have in common, without user and password. */
export function connectionConfig(address: DatabaseAddress): ClientConfig {
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    // Node trusts its own authorities and those of NODE_EXTRA_CA_CERTS, and compares the name.
    ssl: address.tls === "verify",
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: columnTypes,
  };
}

/** A password for a role that logs in by IAM; computed here, without a call. */
export function iamPassword(address: DatabaseAddress, user: string): () => Promise<string> {
  const signer = new Signer({ hostname: address.host, port: address.port, username: user });
  return () => signer.getAuthToken();
}

/** As the generated types say: bigint is a number (checked), date a string of its own day. */
const columnTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === types.builtins.INT8) return safeInteger;
    if (oid === types.builtins.DATE) return String;
    return types.getTypeParser(oid, format);
  }) as CustomTypesConfig["getTypeParser"],
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The bigint ${text} is beyond 2^53 and would lose digits`);
  return value;
}

/** The database of a function's environment, as the function's role. */
export function connectDatabase(
  { environment, ports }: Bound<DatabaseEnvironment, Pick<Ports, "log">>,
  { queryTimeoutMs }: Pick<DatabasePoolOptions, "queryTimeoutMs">,
): Database {
  const address = databaseAddress(environment);
  const user = environment.DATABASE_USER;
  return createDatabase({ address, user, password: iamPassword(address, user), queryTimeoutMs, log: ports.log });
}

type DatabaseEnvironment = Variables<typeof databaseVariables & typeof databaseUserVariable>;

/** The part of a function's environment that says where the database is. */
export const databaseAddress = (environment: Variables<typeof databaseVariables>): DatabaseAddress => ({
  host: environment.DATABASE_HOST,
  port: environment.DATABASE_PORT,
  database: environment.DATABASE_NAME,
  tls: environment.DATABASE_TLS,
});
