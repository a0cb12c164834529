import { sql } from "kysely";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { addressOf, connectedClient, migratedDatabase } from "../../../test/support/database.ts";
import { recordingLog } from "../../../test/support/gateway-event.ts";
import { createDatabase, iamPassword } from "./database.ts";

const url = await migratedDatabase();

function open(user = "etl") {
  const log = recordingLog();
  // The test database asks for no password on loopback.
  const password = async () => "token";
  const database = createDatabase({ address: addressOf(url), user, password, queryTimeoutMs: 500, log });
  onTestFinished(() => database.destroy());
  return { database, log };
}

describe("createDatabase", () => {
  it("reads each column type as the generated types declare it", async () => {
    const { database } = open();
    const { rows } = await sql`SELECT 9007199254740991::bigint AS version, '2026-11-30'::date AS moved_on,
      '2026-11-30T01:00:00+02:00'::timestamptz AS at`.execute(database);
    expect(rows).toEqual([
      { version: 9_007_199_254_740_991, moved_on: "2026-11-30", at: new Date("2026-11-29T23:00:00Z") },
    ]);
  });

  it("refuses a bigint that would lose digits", async () => {
    const { database } = open();
    await expect(sql`SELECT 9007199254740993::bigint`.execute(database)).rejects.toThrow("beyond 2^53");
  });

  it("connects again after its idle connection was lost", async () => {
    const { database, log } = open("app_reader");
    await sql`SELECT 1`.execute(database);
    const other = await connectedClient(url);
    await other.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app_reader'");
    await vi.waitFor(() => expect(log.lines.map(({ message }) => message)).toEqual(["idle database connection lost"]));
    expect((await sql`SELECT 1 AS one`.execute(database)).rows).toEqual([{ one: 1 }]);
  });

  it("times out a query that takes too long", async () => {
    const { database } = open();
    await expect(sql`SELECT pg_sleep(2)`.execute(database)).rejects.toThrow("timeout");
  });
});

describe("iamPassword", () => {
  it("signs a token for host, port and user", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-1")
      .stubEnv("AWS_ACCESS_KEY_ID", "key")
      .stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const address = { host: "proxy.example", port: 5432, database: "any", tls: "verify" } as const;
    const token = new URL(`https://${await iamPassword(address, "etl")()}`);
    expect(token.host).toBe("proxy.example:5432");
    expect(Object.fromEntries(token.searchParams)).toMatchObject({ Action: "connect", DBUser: "etl" });
    expect(token.searchParams.get("X-Amz-Credential")).toContain("/eu-west-1/rds-db/");
  });
});
