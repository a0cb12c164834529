// Writes RESOURCES.md from the handlers: npm run resources -w laptop
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ignoredArguments } from "./ignored-arguments.ts";
import { data, notRun, resources } from "./index.ts";
import type { EngineName, ResourceHandler } from "./resource.ts";

const engineTitles: Readonly<Record<EngineName, string>> = {
  dynamodb: "DynamoDB Local",
  kinesis: "kinesalite",
  queuesAndBuckets: "fauxqs",
  redis: "Redis",
};

export const resourceTableFile = join(import.meta.dirname, "..", "RESOURCES.md");

/** Returns a Markdown page: what the laptop cloud does with each resource type of the AWS provider. */
export function resourceTable(): string {
  const { version, types } = providerTypes();
  const known = Object.keys({ ...resources, ...notRun }).filter((type) => types.has(type));
  const leftOut = Object.entries(notRun)
    .map(([type, { reason }]) => ({ type, reason }))
    .toSorted(byType);
  return `# Resource types
This page is generated: \`npm run resources -w laptop\` writes it, and a test compares it with the code.

A resource type runs, is left out for a reason, or makes the start fail. The laptop skips nothing silently: an argument
that a handler does not know makes the start fail too.

## Resources that run: ${Object.keys(resources).length}
An argument without effect is allowed and changes nothing here. All databases are on one PostgreSQL server, which starts
when the first of them is applied.

${handlerRows(resources)}

## Data sources that are read: ${Object.keys(data).length + 1}
\`terraform_remote_state\` is read too: it returns the outputs of another stack of the same \`cdktf.out\`.

${handlerRows(data)}

## Resources that are left out: ${Object.keys(notRun).length}
They are allowed, and other resources may read their attributes, but nothing runs for them.

${rows(
  ["Type", "Why"],
  leftOut.map(({ type, reason }) => [`\`${type}\``, reason]),
)}

## Refused: ${types.size - known.length}
All other resource types of the provider (\`@cdktf/provider-aws\` ${version} has ${types.size}). The start fails before
any engine starts, and the message has the path of each construct. To make a type run, add a handler to \`resources/\`.
`;
}

function handlerRows(handlers: Readonly<Record<string, ResourceHandler>>): string {
  const found = Object.values(handlers)
    .toSorted(byType)
    .map(({ type, engines, schema }) => [
      `\`${type}\``,
      engines.map((name) => engineTitles[name]).join(", "),
      ignoredArguments(schema)
        .map(([path]) => `\`${path}\``)
        .toSorted()
        .join(", "),
    ]);
  return rows(["Type", "Engine, if it needs one", "Arguments without effect"], found);
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function byType(one: { readonly type: string }, other: { readonly type: string }): number {
  return one.type < other.type ? -1 : 1;
}

/** Returns the types of the provider: its bindings have a folder for each. */
function providerTypes(): { readonly version: string; readonly types: ReadonlySet<string> } {
  const manifest = createRequire(import.meta.url).resolve("@cdktf/provider-aws/package.json");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8")));
  const folders = readdirSync(join(dirname(manifest), "lib"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const names = folders.map(({ name }) => name).filter((name) => name !== "provider" && !name.startsWith("data-aws-"));
  return { version, types: new Set(names.map((name) => `aws_${name.replaceAll("-", "_")}`)) };
}

if (process.argv[1] === import.meta.filename) writeFileSync(resourceTableFile, resourceTable());
