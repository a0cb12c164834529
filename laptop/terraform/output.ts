import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { TerraformError } from "./errors.ts";
import type { Value, ValueMap } from "./value.ts";

const Json: z.ZodType<Value> = z.json();
const Body = z.record(z.string(), Json);
const Blocks = z.record(z.string(), z.record(z.string(), Body));
const one = <T extends z.ZodType>(schema: T) =>
  z.union([z.array(schema), schema.transform((item) => [item])]).default([]);

const Configuration = z.strictObject({
  "//": Json.optional(),
  terraform: z
    .object({ backend: z.record(z.string(), Body).default({}), required_providers: Json.optional() })
    .default({ backend: {} }),
  provider: z.record(z.string(), one(Body)).default({}),
  variable: z.record(z.string(), Body).default({}),
  locals: Body.default({}),
  data: Blocks.default({}),
  resource: Blocks.default({}),
  output: z.record(z.string(), Body).default({}),
  // These blocks only map an older state to this configuration.
  moved: Json.optional(),
  removed: Json.optional(),
  import: Json.optional(),
});

const Manifest = z.object({
  stacks: z.record(
    z.string(),
    z.object({ name: z.string(), synthesizedStackPath: z.string(), dependencies: z.array(z.string()).default([]) }),
  ),
});

type StackConfiguration = z.infer<typeof Configuration>;

/** One stack of a CDKTF output folder. */
export type StackOutput = {
  readonly name: string;
  /** The folder of cdk.tf.json. Relative paths in it start here. */
  readonly folder: string;
  readonly configuration: StackConfiguration;
};

/** Reads the stacks of a cdktf.out folder, each after the stacks that it depends on. */
export function readOutput(folder: string): readonly StackOutput[] {
  const { stacks } = parseFile(join(folder, "manifest.json"), Manifest);
  const ordered: string[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (ordered.includes(name)) return;
    const cycle = [...trail, name];
    if (trail.includes(name)) {
      throw new TerraformError("reference_cycle", `stacks depend on each other: ${cycle.join(" -> ")}`);
    }
    const stack = stacks[name];
    if (stack === undefined) {
      throw new TerraformError("output_unreadable", `${folder}: ${cycle.join(" -> ")}: there is no stack ${name}`);
    }
    for (const dependency of stack.dependencies) visit(dependency, cycle);
    ordered.push(name);
  };
  for (const name of Object.keys(stacks)) visit(name, []);
  return ordered.map((name) => {
    const file = join(folder, stacks[name]?.synthesizedStackPath ?? "");
    return { name, folder: dirname(file), configuration: parseFile(file, Configuration) };
  });
}

function parseFile<T extends z.ZodType>(file: string, schema: T): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new TerraformError("output_unreadable", `${file} cannot be read; synthesize the app first`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new TerraformError(
    "output_unreadable",
    `${file} is not what the laptop cloud can run: ${z.prettifyError(parsed.error)}`,
  );
}

/** The path of the construct that made a block, or its Terraform address where cdk.tf.json has no path. */
export function constructPath(body: ValueMap, address: string): string {
  const parsed = z.object({ "//": z.object({ metadata: z.object({ path: z.string() }) }) }).safeParse(body);
  return parsed.success ? parsed.data["//"].metadata.path : address;
}

/** All resources and data sources of a stack, not yet evaluated. */
export function blocksOf(stack: StackOutput): { mode: "resource" | "data"; type: string; path: string }[] {
  const { data, resource } = stack.configuration;
  return (["data", "resource"] as const).flatMap((mode) =>
    Object.entries(mode === "data" ? data : resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => ({
        mode,
        type,
        path: constructPath(body, `${stack.name}/${mode === "data" ? "data." : ""}${type}.${name}`),
      })),
    ),
  );
}
