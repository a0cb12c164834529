import { located, TerraformError } from "./errors.ts";
import { evaluateJson, referencesOf, type Scope } from "./evaluate.ts";
import { type GraphNode, runInOrder } from "./graph.ts";
import { keepIgnored, readLifecycle } from "./lifecycle.ts";
import { constructPath, type StackOutput } from "./output.ts";
import { memoryState, type State } from "./state.ts";
import { describe, distinct, equal, isList, isMap, toNumber, toText, type Value, type ValueMap } from "./value.ts";
import { resolveVariables } from "./variables.ts";

/** One resource or data source with everything in it resolved. */
export type Instance = {
  readonly mode: "resource" | "data";
  readonly stack: string;
  readonly type: string;
  /** `aws_sqs_queue.orders`, with `[0]` or `["key"]` under count and for_each. */
  readonly address: string;
  /** The construct's path. */
  readonly path: string;
  readonly region: string;
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly arguments: ValueMap;
};

type Applier = (instance: Instance) => Promise<ValueMap>;

export type ApplyOptions = {
  readonly variables: Readonly<Record<string, string>>;
  readonly apply: Applier;
  /** Outputs of the stacks applied before, with the backend that each keeps its state in. */
  readonly applied: readonly AppliedStack[];
  /** Where arguments are kept whose changes are to be ignored. */
  readonly state: State;
};

export type AppliedStack = {
  readonly name: string;
  readonly backend: ValueMap;
  readonly outputs: ValueMap;
};

/** Keys of a block that are Terraform's own and no argument of its type. */
const metaArguments = new Set(["//", "depends_on", "count", "for_each", "provider", "lifecycle"]);
const unsupportedMetaArguments = ["provisioner", "connection"];

/** Evaluates one stack and applies its resources, each after what it refers to. */
export async function applyStack(stack: StackOutput, options: ApplyOptions): Promise<AppliedStack> {
  const world = new World(stack, options);
  await runInOrder(world.nodes());
  return { name: stack.name, backend: backendOf(stack), outputs: world.outputs() };
}

/** The region of the stack's default provider. */
export function regionOf(stack: StackOutput, variables: Readonly<Record<string, string>>): string | undefined {
  return new World(stack, { variables, applied: [], state: memoryState(), apply: async () => ({}) })
    .regions()
    .get("aws");
}

function backendOf(stack: StackOutput): ValueMap {
  return stack.configuration.terraform.backend;
}

class World {
  readonly #stack: StackOutput;
  readonly #options: ApplyOptions;
  readonly #variables: ValueMap;
  readonly #locals: Record<string, Value> = {};
  readonly #resources: Record<string, Record<string, Value>> = {};
  readonly #data: Record<string, Record<string, Value>> = {};
  readonly #regions: ReadonlyMap<string, string>;

  constructor(stack: StackOutput, options: ApplyOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#variables = resolveVariables(stack, options.variables);
    this.#regions = this.regions();
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
    return Object.fromEntries(
      Object.entries(this.#stack.configuration.output).map(([name, body]) => {
        const path = constructPath(body, `${this.#stack.name}/output.${name}`);
        return [name, located(path, () => this.#evaluate(body.value ?? null))];
      }),
    );
  }

  /** Region by provider name: `aws`, `aws.<alias>`. */
  regions(): ReadonlyMap<string, string> {
    const regions = new Map<string, string>();
    for (const body of this.#stack.configuration.provider.aws ?? []) {
      const region = body.region === undefined ? undefined : toText(this.#evaluate(body.region));
      const name = typeof body.alias === "string" ? `aws.${body.alias}` : "aws";
      if (region !== undefined) regions.set(name, region);
    }
    return regions;
  }

  #evaluate(value: Value, more: Readonly<Record<string, Value>> = {}): Value {
    return evaluateJson(value, this.#scope(more));
  }

  #scope(more: Readonly<Record<string, Value>>): Scope {
    const known: Readonly<Record<string, Value>> = {
      var: this.#variables,
      local: this.#locals,
      data: this.#data,
      path: { module: ".", root: ".", cwd: this.#stack.folder },
      terraform: { workspace: "default" },
      ...more,
    };
    return { folder: this.#stack.folder, lookup: (name) => known[name] ?? this.#resources[name] };
  }

  #local(name: string, value: Value): GraphNode {
    const path = `${this.#stack.name}/local.${name}`;
    return {
      id: `local.${name}`,
      path,
      needs: this.#needs([value], path),
      run: async () => {
        this.#locals[name] = located(path, () => this.#evaluate(value));
      },
    };
  }

  #block(mode: "resource" | "data", type: string, name: string, body: ValueMap): GraphNode {
    const id = mode === "data" ? `data.${type}.${name}` : `${type}.${name}`;
    const path = constructPath(body, `${this.#stack.name}/${id}`);
    for (const meta of unsupportedMetaArguments) {
      if (meta in body) {
        throw new TerraformError("construct_unsupported", `"${meta}" of ${id} does not run on the laptop`, { path });
      }
    }
    const { "//": _, lifecycle: __, ...rest } = body;
    return {
      id,
      path,
      needs: this.#needs([rest], path, body.depends_on),
      run: async () => {
        const store = mode === "data" ? this.#data : this.#resources;
        const applied = await this.#applyBlock({ mode, type, id, path, body });
        store[type] = { ...store[type], [name]: applied };
      },
    };
  }

  async #applyBlock(block: Block): Promise<Value> {
    const { count, for_each } = block.body;
    if (count !== undefined) {
      const size = located(block.path, () => toNumber(this.#evaluate(count)));
      return Promise.all(
        Array.from({ length: size }, (_, index) => this.#applyOne(block, `[${index}]`, { count: { index } })),
      );
    }
    if (for_each !== undefined) {
      const each = located(block.path, () => entriesOfForEach(this.#evaluate(for_each)));
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
    const evaluated = located(path, () => this.#evaluate(plain, more)) as ValueMap;
    const lifecycle = located(path, () => readLifecycle(body.lifecycle));
    const place = `${this.#stack.name}/${address}`;
    const values = keepIgnored(evaluated, { lifecycle, place, state: this.#options.state });
    if (mode === "data" && type === "terraform_remote_state") return located(path, () => this.#remoteState(values));
    const region = located(path, () => this.#regionFor(body.provider, values));
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
    const region = this.#regions.get(name);
    if (region === undefined) throw new TerraformError("reference_unknown", `the provider ${name} names no region`);
    return region;
  }

  /** The outputs of the stack whose own backend this data source reads. */
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

  #needs(values: readonly Value[], path: string, dependsOn: Value = []): ReadonlySet<string> {
    const names = located(path, () => [
      ...values.flatMap(referencesOf),
      ...(isList(dependsOn) ? dependsOn : []).map((address) => toText(address).split(/[.[]/)),
    ]);
    return new Set(names.flatMap((name) => this.#nodeId(name, path) ?? []));
  }

  #nodeId([root = "", ...rest]: readonly string[], path: string): string | undefined {
    const { resource, data } = this.#stack.configuration;
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
}

type Block = {
  readonly mode: "resource" | "data";
  readonly type: string;
  readonly id: string;
  readonly path: string;
  readonly body: ValueMap;
};

function missing(reference: string, path: string): never {
  throw new TerraformError("reference_unknown", `${reference} is not declared in this stack`, { path });
}

function entriesOfForEach(value: Value): (readonly [string, Value])[] {
  if (isMap(value)) return Object.entries(value);
  if (isList(value)) return distinct(value).map((item) => [toText(item), item] as const);
  throw new TerraformError("expression_invalid", `for_each needs a map or a set of strings, got ${describe(value)}`);
}
