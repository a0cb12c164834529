import { TerraformError, withConstructPath } from "./errors.ts";
import type { StackOutput } from "./output.ts";
import { referencesOf } from "./references.ts";
import { isList, toText, type Value } from "./value.ts";

/** The places with references: `values`, and a block's `depends_on`. */
export interface NodeReferences {
  readonly values: readonly Value[];
  readonly dependsOn?: Value | undefined;
  /** The construct's path, for messages. */
  readonly path: string;
}

/**
 * Returns the ids of the nodes that must run before.
 * @throws TerraformError when a reference is to something that the stack does not declare
 */
export function neededNodes(stack: StackOutput, { values, dependsOn = [], path }: NodeReferences): ReadonlySet<string> {
  const names = withConstructPath(path, () => [
    ...values.flatMap(referencesOf),
    ...(isList(dependsOn) ? dependsOn : []).map((address) => toText(address).split(/[.[]/)),
  ]);
  return new Set(names.flatMap((name) => nodeId(stack, name, path) ?? []));
}

function nodeId(stack: StackOutput, [root = "", ...rest]: readonly string[], path: string): string | undefined {
  const { resource, data } = stack.configuration;
  switch (root) {
    case "var":
    case "path":
    case "terraform":
    case "each":
    case "count":
    case "self":
      return undefined;
    case "local":
      return `local.${rest[0]}`;
    case "data":
      return data[rest[0] ?? ""] === undefined
        ? missing(`data.${rest.slice(0, 2).join(".")}`, path)
        : `data.${rest[0]}.${rest[1]}`;
    default:
      return resource[root] === undefined ? missing([root, ...rest].join("."), path) : `${root}.${rest[0]}`;
  }
}

function missing(reference: string, path: string): never {
  throw new TerraformError("reference_unknown", `${reference} is not declared in this stack`, { path });
}
