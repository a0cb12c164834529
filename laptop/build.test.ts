import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { buildPackage } from "./build.ts";
import { type Resources, ref, smallApp, writeOutput } from "./cloud/cloud.fixture.ts";
import { portNames } from "./daemon/index.ts";
import { freePort } from "./engines/index.ts";
import { bundleFunction, temporaryFolder } from "./services/services.fixture.ts";

const startMsMax = 120_000;
const run = promisify(execFile);
const Packed = z.tuple([z.object({ filename: z.string() })]);
const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });
const Outputs = z.object({ app: z.object({ url: z.string() }) });

/** Another project, with the package installed as npm installs it. */
const project = temporaryFolder();
const installed = join(project, "node_modules", "laptop-cloud");
const command = (...args: string[]) =>
  run(process.execPath, [join(installed, "bin", "laptop-cloud.js"), ...args], { cwd: project });

beforeAll(async () => {
  await install();
  await writeApp();
}, startMsMax);
afterAll(() => command("reset"), startMsMax);

async function install(): Promise<void> {
  const built = join(project, "built");
  buildPackage(built);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", project], { cwd: built });
  const [{ filename }] = Packed.parse(JSON.parse(stdout));
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(project, filename), "--strip-components=1", "-C", installed]);
  const { dependencies } = Manifest.parse(JSON.parse(readFileSync(join(installed, "package.json"), "utf8")));
  for (const name of Object.keys(dependencies)) link(name);
}

/** Links a dependency, which npm would install, to the copy on this machine. */
function link(name: string): void {
  const found = findPackageJSON(name, import.meta.url);
  if (found === undefined) throw new Error(`${name} is not installed`);
  const place = join(project, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(dirname(found), place);
}

/**
 * Writes an app with a route, a queue, a stream and a database. It needs a thread, and each engine that is a package.
 */
async function writeApp(): Promise<void> {
  const zip = await bundleFunction(`export const handler = async () => ({ statusCode: 200, body: "it runs" });`);
  const app = smallApp(() => zip);
  const names = ["aws_iam_role", "aws_iam_role_policy", "aws_sqs_queue", "aws_lambda_permission"];
  const api = Object.keys(app).filter((type) => type.startsWith("aws_api_gateway_"));
  const kept: Resources = Object.fromEntries([...names, ...api].map((type) => [type, app[type] ?? {}]));
  const fn = app.aws_lambda_function?.api ?? {};
  const resources: Resources = {
    ...kept,
    aws_lambda_function: { api: fn },
    aws_kinesis_stream: { changes: { name: "changes", shard_count: 1 } },
    aws_db_instance: { main: { identifier: "main", engine: "postgres", engine_version: "18", username: "owner" } },
  };
  writeOutput(join(project, "cdktf.out"), resources, { url: ref("aws_api_gateway_stage.api.invoke_url") });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shop", type: "module" }));
  const ports = await Promise.all(portNames.map(async (name) => [name, await freePort()] as const));
  mkdirSync(join(project, ".shop"));
  writeFileSync(join(project, ".shop", "ports.json"), JSON.stringify(Object.fromEntries(ports)));
}

it("holds no TypeScript that Node would have to run", () => {
  const sources = globSync("**/*.ts", { cwd: installed }).filter((file) => !file.endsWith(".d.ts"));
  expect(sources).toEqual([]);
  const files = globSync("**/*.{js,d.ts}", { cwd: installed });
  const named = files.filter((file) =>
    /(new URL\(|import\(|from )"[^"]+\.ts"/.test(readFileSync(join(installed, file), "utf8")),
  );
  expect(named).toEqual([]);
});

it(
  "runs an app from the node_modules of another project",
  async () => {
    expect((await command("--help")).stdout).toContain("usage: laptop-cloud <command>");
    await command("up");
    const outputs = Outputs.parse(JSON.parse(readFileSync(join(project, ".shop", "outputs.json"), "utf8")));
    expect(await (await fetch(`${outputs.app.url}/hello`)).text()).toBe("it runs");
    expect((await command("status")).stdout).toContain("✓ aws.kinesis");
    await command("down");
  },
  startMsMax,
);
