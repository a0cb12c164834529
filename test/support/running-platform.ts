import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Cloud, startCloud, startIssuer } from "laptop-cloud";
import { Client } from "pg";
import { z } from "zod";

const audience = "holdfast";
const Endpoints = z.looseObject({ api: z.string(), websocket: z.string(), console: z.string(), postgres: z.string() });
export const Service = z.looseObject({
  endpoints: Endpoints,
  inventory_table: z.string(),
  archive_bucket: z.string(),
  quarantine_bucket: z.string(),
});

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface ApiRequest {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The platform as `make up` runs it, but in memory and from Terraform synthesized for this test. */
export interface RunningPlatform {
  readonly cloud: Cloud;
  readonly outputs: z.output<typeof Service>;
  readonly folder: string;
  /** The address of the token issuer. */
  readonly issuer: string;
  token(claims: { readonly scopes: string; readonly subject?: string }): Promise<string>;
  /** Sends a request. Each `POST` gets a new `Idempotency-Key` unless the test gives one. */
  call(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** Runs a statement as the role `reporter`. */
  sql(statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export const platformStartMsMax = 240_000;

/** Starts the platform. `change` gets the folder of the synthesized Terraform and may change it. */
export async function startPlatform(change: (output: string) => void = () => undefined): Promise<RunningPlatform> {
  const folder = mkdtempSync(join(tmpdir(), "platform-"));
  const output = join(folder, "cdktf.out");
  await promisify(execFile)(process.execPath, [resolve(import.meta.dirname, "../../tools/synth.mjs")], {
    env: { ...process.env, HOLDFAST_ENVIRONMENT: "laptop", CDKTF_OUTDIR: output },
  });
  change(output);
  const issuer = await startIssuer({ keyFile: join(folder, "issuer-key.json"), port: 0, audience });
  const cloud = await startCloud({
    output,
    folder: join(folder, "state"),
    storage: "memory",
    variables: { oidc_issuer: issuer.url },
    log: () => undefined,
  });
  const outputs = Service.parse(cloud.outputs["laptop-service"]);
  return {
    cloud,
    outputs,
    folder,
    issuer: issuer.url,
    token: ({ scopes, subject = "tester" }) => issuer.accessToken({ subject, client: "tests", scope: scopes }),
    call: (method, path, request) => call(`${outputs.endpoints.api}${path}`, method, request),
    sql: (statement, values) => query(outputs.endpoints.postgres, statement, values),
    stop: async () => {
      await cloud.stop();
      await issuer.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, { token, body, headers }: ApiRequest = {}): Promise<ApiAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
}

async function query(connectionString: string, statement: string, values: readonly unknown[] = []) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}
