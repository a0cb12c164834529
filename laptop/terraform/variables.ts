import { z } from "zod";
import { TerraformError, withConstructPath } from "./errors.ts";
import { evaluateJson } from "./evaluate.ts";
import { constructPath, type StackOutput } from "./output.ts";
import { toBoolean, toNumber, type Value, type ValueMap } from "./value.ts";

const Validation = z.object({ condition: z.json(), error_message: z.string() });
const Validations = z.union([z.array(Validation), Validation.transform((only) => [only])]).default([]);

/** Values of a stack's variables: the given value, else the default. Values that the stack does not declare are skipped. */
export function resolveVariables(stack: StackOutput, given: Readonly<Record<string, string>>): ValueMap {
  const scope = { folder: stack.folder, lookup: () => undefined };
  const values = Object.entries(stack.configuration.variable).map(([name, body]): readonly [string, Value] => {
    const path = constructPath(body, `${stack.name}/var.${name}`);
    const text = given[name];
    if (text !== undefined) return [name, withConstructPath(path, () => convert(text, body.type))];
    if (body.default === undefined) {
      throw new TerraformError("variable_missing", `the variable ${name} has no default: give its value`, { path });
    }
    return [name, withConstructPath(path, () => evaluateJson(body.default ?? null, scope))];
  });
  const all = Object.fromEntries(values);
  for (const [name, body] of Object.entries(stack.configuration.variable)) validate(stack, name, body, all);
  return all;
}

/** Terraform reads `-var` in this way: a string stays a string, any other type is JSON. */
function convert(text: string, type: Value | undefined): Value {
  const kind = typeof type === "string" ? type.replace(/^\$\{(.*)\}$/, "$1") : "string";
  if (kind === "string") return text;
  if (kind === "number") return toNumber(text);
  if (kind === "bool") return toBoolean(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TerraformError("argument_invalid", `a value of type ${kind} is given as JSON`, { cause });
  }
}

function validate(stack: StackOutput, name: string, body: ValueMap, all: ValueMap): void {
  const path = constructPath(body, `${stack.name}/var.${name}`);
  const scope = { folder: stack.folder, lookup: (root: string) => (root === "var" ? all : undefined) };
  for (const { condition, error_message } of Validations.parse(body.validation ?? [])) {
    if (!withConstructPath(path, () => toBoolean(evaluateJson(condition, scope)))) {
      throw new TerraformError("argument_invalid", `the variable ${name}: ${error_message}`, { path });
    }
  }
}
