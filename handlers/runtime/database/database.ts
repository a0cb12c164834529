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
  /** Called for each new connection, because an IAM token is valid for 15 minutes. */
  readonly password: () => Promise<string>;
  /** The time-out of one query, with the network. It is above the role's statement_timeout, whose error says more. */
  readonly queryTimeoutMs: number;
  readonly log: Log;
}

const connectTimeoutMs = 5_000;
/** An instance handles one request at a time. A second connection can replace a broken first one. */
const connectionCountMax = 2;
/** Shorter than the idle time-outs of proxy and network, so that a thawed instance does not use a dead connection. */
const idleTimeoutMs = 60_000;

/** Creates a connection pool. It connects at the first query. */
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
  // Without a listener the loss of an idle connection would end the process. The pool has already removed it.
  pool.on("error", (error) => options.log.warn("idle database connection lost", { reason: error.message }));
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

/** Returns the options that a client and a pool share, without user and password. */
export function connectionConfig(address: DatabaseAddress): ClientConfig {
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    // Node trusts its own authorities and those of NODE_EXTRA_CA_CERTS, and checks the host name.
    ssl: address.tls === "verify",
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: columnTypes,
  };
}

/** Returns a function that computes the password of a role with IAM login. It makes no request. */
export function iamPassword(address: DatabaseAddress, user: string): () => Promise<string> {
  const signer = new Signer({ hostname: address.host, port: address.port, username: user });
  return () => signer.getAuthToken();
}

/** Parses columns as the generated types declare them: bigint as a safe integer, date as a string. */
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

/** Returns the database of a function's environment, connected as the function's role. */
export function connectDatabase(
  { environment, ports }: Bound<DatabaseEnvironment, Pick<Ports, "log">>,
  { queryTimeoutMs }: Pick<DatabasePoolOptions, "queryTimeoutMs">,
): Database {
  const address = databaseAddress(environment);
  const user = environment.DATABASE_USER;
  return createDatabase({ address, user, password: iamPassword(address, user), queryTimeoutMs, log: ports.log });
}

type DatabaseEnvironment = Variables<typeof databaseVariables & typeof databaseUserVariable>;

/** Returns the address of the database from a function's environment. */
export const databaseAddress = (environment: Variables<typeof databaseVariables>): DatabaseAddress => ({
  host: environment.DATABASE_HOST,
  port: environment.DATABASE_PORT,
  database: environment.DATABASE_NAME,
  tls: environment.DATABASE_TLS,
});
