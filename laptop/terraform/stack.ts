import { TerraformError, withConstructPath } from "./errors.ts";
import { type GraphNode, runInOrder } from "./graph.ts";
import { keepIgnored, readLifecycle } from "./lifecycle.ts";
import { neededNodes } from "./needed-nodes.ts";
import { constructPath, type StackOutput } from "./output.ts";
import { type BlockMode, StackValues } from "./stack-values.ts";
import type { State } from "./state.ts";
import { describe, distinct, equal, isList, isMap, toNumber, toText, type Value, type ValueMap } from "./value.ts";

/** One instance of a resource or data source, with all its expressions evaluated. */
export type Instance = {
  readonly mode: BlockMode;
  readonly stack: string;
  readonly type: string;
  /** `aws_sqs_queue.orders`, followed by `[0]` or `["key"]` with count and for_each. */
  readonly address: string;
  /** The construct's path. */
  readonly path: string;
  readonly region: string;
  /** Relative paths start here. */
  readonly folder: string;
  readonly arguments: ValueMap;
};

type Applier = (instance: Instance) => Promise<ValueMap>;

export type ApplyOptions = {
  readonly variables: Readonly<Record<string, string>>;
  readonly apply: Applier;
  /** The stacks applied before, with their outputs and backends. */
  readonly applied: readonly AppliedStack[];
  /** Keeps the arguments whose changes are ignored. */
  readonly state: State;
};

export type AppliedStack = {
  readonly name: string;
  readonly backend: ValueMap;
  readonly outputs: ValueMap;
};

/** Keys of a block that belong to Terraform itself, not to the type. */
const metaArguments = new Set(["//", "depends_on", "count", "for_each", "provider", "lifecycle"]);
const unsupportedMetaArguments = ["provisioner", "connection"];

/** Evaluates one stack and applies its resources, each after those that it refers to. */
export async function applyStack(stack: StackOutput, options: ApplyOptions): Promise<AppliedStack> {
  const run = new StackRun(stack, options);
  await runInOrder(run.nodes());
  return { name: stack.name, backend: backendOf(stack), outputs: run.outputs() };
}

/** The region of the stack's default provider. */
export function regionOf(stack: StackOutput, variables: Readonly<Record<string, string>>): string | undefined {
  return new StackValues(stack, variables).regions.get("aws");
}

function backendOf(stack: StackOutput): ValueMap {
  return stack.configuration.terraform.backend;
}

class StackRun {
  readonly #stack: StackOutput;
  readonly #options: ApplyOptions;
  readonly #values: StackValues;

  constructor(stack: StackOutput, options: ApplyOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#values = new StackValues(stack, options.variables);
  }

  nodes(): GraphNode[] {
    const { locals, data, resource } = this.#stack.configuration;
    const nodes = Object.entries(locals).map(([name, value]) => this.#local(name, value));
    for (const [mode, blocks] of [["data", data] as const, ["resource", resource] as const]) {
      for (const [type, named] of Object.entries(blocks)) {
        for (const [name, body] of Object.entries(named)) nodes.push(this.#block(mode, type, name, body));
      }
    }
    return nodes;
  }

  outputs(): ValueMap {
    return this.#values.outputs();
  }

  #local(name: string, value: Value): GraphNode {
    const path = `${this.#stack.name}/local.${name}`;
    return {
      id: `local.${name}`,
      path,
      needs: neededNodes(this.#stack, { values: [value], path }),
      run: async () =>
        this.#values.setLocal(
          name,
          withConstructPath(path, () => this.#values.evaluate(value)),
        ),
    };
  }

  #block(mode: BlockMode, type: string, name: string, body: ValueMap): GraphNode {
    const id = mode === "data" ? `data.${type}.${name}` : `${type}.${name}`;
    const path = constructPath(body, `${this.#stack.name}/${id}`);
    refuseUnsupported(body, id, path);
    const { "//": _, lifecycle: __, ...rest } = body;
    return {
      id,
      path,
      needs: neededNodes(this.#stack, { values: [rest], dependsOn: body.depends_on, path }),
      run: async () => {
        const applied = await this.#applyBlock({ mode, type, id, path, body });
        this.#values.setBlock({ mode, type, name }, applied);
      },
    };
  }

  async #applyBlock(block: Block): Promise<Value> {
    const { count, for_each } = block.body;
    if (count !== undefined) {
      const size = withConstructPath(block.path, () => toNumber(this.#values.evaluate(count)));
      return Promise.all(
        Array.from({ length: size }, (_, index) => this.#applyOne(block, `[${index}]`, { count: { index } })),
      );
    }
    if (for_each !== undefined) {
      const each = withConstructPath(block.path, () => entriesOfForEach(this.#values.evaluate(for_each)));
      const made = each.map(async ([key, value]) => {
        const attributes = await this.#applyOne(block, `[${JSON.stringify(key)}]`, { each: { key, value } });
        return [key, attributes] as const;
      });
      return Object.fromEntries(await Promise.all(made));
    }
    return this.#applyOne(block, "", {});
  }

  async #applyOne(block: Block, index: string, more: Readonly<Record<string, Value>>): Promise<ValueMap> {
    const { mode, type, path, body } = block;
    const address = `${block.id}${index}`;
    const plain = Object.fromEntries(Object.entries(body).filter(([key]) => !metaArguments.has(key)));
    const evaluated = withConstructPath(path, () => this.#values.evaluate(plain, more)) as ValueMap;
    const lifecycle = withConstructPath(path, () => readLifecycle(body.lifecycle));
    const place = `${this.#stack.name}/${address}`;
    const values = keepIgnored(evaluated, { lifecycle, place, state: this.#options.state });
    if (mode === "data" && type === "terraform_remote_state")
      return withConstructPath(path, () => this.#remoteState(values));
    const region = withConstructPath(path, () => this.#regionFor(body.provider, values));
    try {
      const attributes = await this.#options.apply({
        mode,
        stack: this.#stack.name,
        type,
        address,
        path,
        region,
        folder: this.#stack.folder,
        arguments: values,
      });
      return { ...values, ...attributes };
    } catch (error) {
      if (error instanceof TerraformError) throw error.at(path);
      const reason = error instanceof Error ? error.message : String(error);
      throw new TerraformError("apply_failed", `${address}: ${reason}`, { path, cause: error });
    }
  }

  #regionFor(provider: Value | undefined, values: ValueMap): string {
    if (typeof values.region === "string") return values.region;
    const name = typeof provider === "string" ? provider : "aws";
    const region = this.#values.regions.get(name);
    if (region === undefined) throw new TerraformError("reference_unknown", `the provider ${name} names no region`);
    return region;
  }

  /** The outputs of the stack whose backend this data source reads. */
  #remoteState(values: ValueMap): ValueMap {
    const backend = toText(values.backend ?? null);
    const found = this.#options.applied.find((stack) => {
      const own = stack.backend[backend];
      return own !== undefined && equal(own, values.config ?? {});
    });
    if (found === undefined) {
      throw new TerraformError(
        "reference_unknown",
        `no stack applied before this one keeps its state in the backend ${backend} ${describe(values.config ?? {})}; only stacks of the same output can be read`,
      );
    }
    const defaults = values.defaults ?? {};
    return { ...values, outputs: { ...(isMap(defaults) ? defaults : {}), ...found.outputs } };
  }
}

type Block = {
  readonly mode: BlockMode;
  readonly type: string;
  readonly id: string;
  readonly path: string;
  readonly body: ValueMap;
};

function refuseUnsupported(body: ValueMap, id: string, path: string): void {
  const argument = unsupportedMetaArguments.find((name) => name in body);
  if (argument === undefined) return;
  throw new TerraformError("construct_unsupported", `"${argument}" of ${id} does not run on the laptop`, { path });
}

function entriesOfForEach(value: Value): (readonly [string, Value])[] {
  if (isMap(value)) return Object.entries(value);
  if (isList(value)) return distinct(value).map((item) => [toText(item), item] as const);
  throw new TerraformError("expression_invalid", `for_each needs a map or a set of strings, got ${describe(value)}`);
}
