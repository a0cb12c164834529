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

/** What the laptop cloud makes of every type of the AWS provider, as a page in Markdown. */
export function resourceTable(): string {
  const { version, types } = providerTypes();
  const known = Object.keys({ ...resources, ...notRun }).filter((type) => types.has(type));
  const leftOut = Object.entries(notRun)
    .map(([type, { reason }]) => ({ type, reason }))
    .toSorted(byType);
  return `# Resource types
The code makes this page: \`npm run resources -w laptop\` writes it anew, and a test compares it with the code.

A resource runs, or is left out for a reason, or stops the start. Nothing is skipped silently: an argument that a
handler does not know stops the start too.

## Resources that run: ${Object.keys(resources).length}
An argument without effect may be written, and changes nothing on one machine. All databases are one PostgreSQL
server, which starts when the first of them is applied.

${handlerRows(resources)}

## Data sources that are read: ${Object.keys(data).length + 1}
\`terraform_remote_state\` is read too: it gives the outputs of another stack of the same \`cdktf.out\`.

${handlerRows(data)}

## Resources that are left out: ${Object.keys(notRun).length}
They are accepted, and other resources may read their attributes; nothing runs for them.

${rows(
  ["Type", "Why"],
  leftOut.map(({ type, reason }) => [`\`${type}\``, reason]),
)}

## Refused: ${types.size - known.length}
Every other resource type of the provider (\`@cdktf/provider-aws\` ${version} has ${types.size}). The start fails before
any engine starts, and names the path of each construct. A handler in \`resources/\` makes a type run.
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

/** The provider's bindings have a folder for each of its types. */
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
