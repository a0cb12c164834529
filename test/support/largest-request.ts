import { z } from "zod";
import { limits } from "../../contract/limits.ts";
import type { Route } from "../../contract/route.ts";

/** A request to a route in which every part is as long as the contract allows. */
export interface LargestRequest {
  readonly method: string;
  readonly path: string;
  /** The query string without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Text that people may write into any free text field: markup, paths and addresses. */
const provocation =
  "<script>alert(1)</script> ../../etc/passwd http://10.0.0.1/a http://169.254.169.254/latest/meta-data ";
const attributeCountMax = 50;
const lineCount = 3;

const Node = z.looseObject({
  $ref: z.string().optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  /** Examples of a text whose values the function checks, not the schema. */
  examples: z.array(z.json()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  propertyNames: z.looseObject({ maxLength: z.number().optional() }).optional(),
  items: z.unknown().optional(),
  maxItems: z.number().optional(),
  maxLength: z.number().optional(),
  maximum: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
});

/** Returns the largest request to a route. Its identifiers end with `ending`, such as `.log` to look like a file. */
export function largestRequest(route: Route, ending: string): LargestRequest {
  const generate = generator(ending);
  const parameters = route.parameters ? texts(generate(route.parameters)) : {};
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ""));
  const query = Object.entries(route.query ? texts(generate(route.query)) : {});
  const body = route.body && JSON.stringify(generate(route.body));
  if (body !== undefined && body.length > limits.bodyBytesMax)
    throw new Error(`${route.path}: the body has ${body.length} bytes`);
  return {
    method: route.method,
    path: `/v1${path}`,
    query: query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&"),
    headers: [
      ["Host", "stock.example.com"],
      ["Authorization", `Bearer ${"eyJh".repeat(800)}`],
      ...(body !== undefined ? [["Content-Type", "application/json"] as const] : []),
      ...(route.idempotencyKey ? [["Idempotency-Key", visible(128)] as const] : []),
      ...(route.ifMatch ? [["If-Match", '"1000000000"'] as const] : []),
      ...(route.etag ? [["If-None-Match", '"1000000000"'] as const] : []),
    ],
    // JSON allows white space at its end.
    body: Buffer.from(body?.padEnd(limits.bodyBytesMax) ?? ""),
  };
}

function visible(size: number): string {
  return provocation.replaceAll(" ", "_").repeat(2).slice(0, size);
}

function texts(value: unknown): Record<string, string> {
  return z.record(z.string(), z.coerce.string()).parse(value);
}

/** Returns a function that creates a value for a schema, and checks the value against the schema. */
function generator(ending: string) {
  let integers = 0;
  return (schema: z.ZodType): unknown => {
    const json = z
      .looseObject({ $defs: z.record(z.string(), z.unknown()).default({}) })
      .parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));

    function valueFor(given: unknown): unknown {
      const node = Node.parse(given);
      if (node.$ref !== undefined) return valueFor(json.$defs[node.$ref.split("/").at(-1) ?? ""]);
      if (node.const !== undefined) return node.const;
      const choices = node.enum ?? node.examples;
      if (choices) return choices.toSorted((left, right) => String(right).length - String(left).length)[0];
      const options = node.anyOf ?? node.oneOf;
      if (options) return options.map(valueFor).toSorted((left, right) => size(right) - size(left))[0];
      if (node.type === "object") return objectOf(node);
      if (node.type === "array") return arrayOf(node);
      if (node.type === "string") return textOf(node, ending);
      if (node.type === "boolean") return false;
      // Later numbers are larger, because `clear` must be above `threshold`.
      integers += 1;
      return Math.min(node.maximum ?? Number.POSITIVE_INFINITY, 1 + integers);
    }

    function objectOf(node: z.output<typeof Node>): Record<string, unknown> {
      if (node.properties) {
        return Object.fromEntries(Object.entries(node.properties).map(([name, part]) => [name, valueFor(part)]));
      }
      const keyLength = node.propertyNames?.maxLength ?? 10;
      const keys = Array.from({ length: attributeCountMax }, (_, index) =>
        `${index} ${provocation}`.slice(0, keyLength),
      );
      return Object.fromEntries(keys.map((key) => [key, valueFor(node.additionalProperties)]));
    }

    function arrayOf({ items, maxItems }: z.output<typeof Node>): unknown[] {
      const isChoice = Node.parse(items).enum !== undefined;
      const count = isChoice ? 1 : Node.parse(items).type === "string" ? (maxItems ?? 1) : lineCount;
      return Array.from({ length: count }, () => valueFor(items));
    }

    const value = valueFor(json);
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Error(`not legal: ${z.prettifyError(parsed.error)}\n${JSON.stringify(value)}`);
    return value;
  };
}

function size(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function textOf({ format, pattern, maxLength = 200 }: z.output<typeof Node>, ending: string): string {
  if (format === "date-time") return "2026-01-31T09:30:00.000Z";
  if (format === "date") return "2026-01-31";
  if (format === "uri") return `http://10.0.0.1/${"../".repeat(10)}${"a".repeat(maxLength)}`.slice(0, maxLength);
  if (pattern === undefined) return provocation.repeat(50).slice(0, maxLength).trim();
  const candidates = [`${"A".repeat(maxLength - ending.length)}${ending}`, "a".repeat(32), "2026-01-31"];
  const found = candidates.find((candidate) => new RegExp(pattern, "u").test(candidate));
  if (found === undefined) throw new Error(`no candidate matches ${pattern}`);
  return found;
}
