// Writes src/operations.generated.ts from the contract: tools/node/node clients/sdk/generate.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { commandKinds, MovementKind, movementKinds } from "../../contract/movement-kind.ts";
import { Problem } from "../../contract/problem.ts";
import { quantities, quantityNames, recordOf } from "../../contract/quantity.ts";
import type { Route } from "../../contract/route.ts";
import { routes } from "../../contract/routes.ts";
import { type JsonSchema, typeOf } from "./json-schema-type.ts";

export const generatedFile = join(import.meta.dirname, "src", "operations.generated.ts");

/** Returns types that do not need zod, so that the package has no dependency, and the table of operations. */
export function generateOperations(table: Readonly<Record<string, Route>> = routes): string {
  const named = new Map<string, string>();
  const type = (schema: z.ZodType, io: "input" | "output"): string => {
    const { $defs = {}, ...root } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema;
    for (const [name, definition] of Object.entries($defs)) define(named, name, typeOf(definition));
    const id = schema.meta()?.id;
    if (id === undefined) return typeOf(root);
    if (root.$ref === undefined) define(named, id, typeOf(root));
    return id;
  };
  type(Problem, "output");
  const operations = Object.entries(table).map(([name, route]) => {
    const input = [route.parameters, route.query].flatMap((part) => (part ? [type(part, "input")] : []));
    if (route.body) input.push(`{ body: ${type(route.body, "input")} }`);
    const answers = Object.values(route.answers).map(({ schema }) => type(schema, "output"));
    const answer = [...new Set(answers)].join(" | ");
    return `  ${name}: { input: ${input.join(" & ") || "{}"}; answer: ${answer} };`;
  });
  return [
    "// Made from the contract by clients/sdk/generate.ts; not edited by hand.",
    ...[...named].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `export type ${name} = ${text};`),
    "/** What each operation takes (path, query and `body` together) and answers. */",
    "export interface Operations {",
    ...operations,
    "}",
    "/** Method and path of each operation, below the API's base. */",
    "export const operations = {",
    ...Object.entries(table).map(([name, { method, path }]) => `  ${name}: "${method} ${path}",`),
    "} as const;",
    ...vocabulary(),
    "",
  ].join("\n");
}

/** Returns the labels and hints of the contract's closed lists, which clients show. */
function vocabulary(): string[] {
  const kinds = recordOf(MovementKind.options, (kind) => ({ label: movementKinds[kind].label }));
  const commands = recordOf(commandKinds, (kind) => {
    const { label, hint, quantity } = movementKinds[kind];
    return { label, hint, quantity };
  });
  return [
    "/** The quantities of a level, and what people call them. */",
    ...constant(
      "quantities",
      recordOf(quantityNames, (name) => ({ label: quantities[name].label })),
    ),
    "/** The kinds of movements, and what people call them. */",
    ...constant("movementKinds", kinds),
    "/** The kinds that `makeMovements` takes. `quantity`: from 1, of either sign but not 0, or from 0. */",
    ...constant("movementCommands", commands),
  ];
}

const constant = (name: string, entries: Readonly<Record<string, Readonly<Record<string, string>>>>): string[] => [
  `export const ${name} = {`,
  ...Object.entries(entries).map(([key, values]) => {
    const members = Object.entries(values).map(([member, value]) => `${member}: ${JSON.stringify(value)}`);
    return `  ${key}: { ${members.join(", ")} },`;
  }),
  "} as const;",
];

function define(named: Map<string, string>, name: string, text: string): void {
  const known = named.get(name);
  if (known !== undefined && known !== text) {
    throw new Error(`${name} differs between input and output: give the two schemas different ids in the contract`);
  }
  named.set(name, text);
}

if (process.argv[1] === import.meta.filename) writeFileSync(generatedFile, generateOperations());
