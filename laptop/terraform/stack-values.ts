import { withConstructPath } from "./errors.ts";
import { evaluateJson } from "./evaluate.ts";
import { constructPath, type StackOutput } from "./output.ts";
import { toText, type Value, type ValueMap } from "./value.ts";
import { resolveVariables } from "./variables.ts";

export type BlockMode = "resource" | "data";
type Names = Readonly<Record<string, Value>>;

/** The values of one stack that expressions refer to. They grow while its nodes run. */
export class StackValues {
  readonly #stack: StackOutput;
  readonly #variables: ValueMap;
  readonly #locals: Record<string, Value> = {};
  /** By type, then by name. */
  readonly #blocks: Readonly<Record<BlockMode, Record<string, Record<string, Value>>>> = { resource: {}, data: {} };
  /** By provider name: `aws`, `aws.<alias>`. */
  readonly regions: ReadonlyMap<string, string>;

  constructor(stack: StackOutput, variables: Readonly<Record<string, string>>) {
    this.#stack = stack;
    this.#variables = resolveVariables(stack, variables);
    this.regions = this.#readRegions();
  }

  /** Evaluates a value. `more` contains the names that exist only for one instance: `count`, `each`. */
  evaluate(value: Value, more: Names = {}): Value {
    const { folder } = this.#stack;
    const { resource, data } = this.#blocks;
    const names: Names = {
      var: this.#variables,
      local: this.#locals,
      data,
      path: { module: ".", root: ".", cwd: folder },
      terraform: { workspace: "default" },
      ...more,
    };
    return evaluateJson(value, { folder, lookup: (name) => names[name] ?? resource[name] });
  }

  setLocal(name: string, value: Value): void {
    this.#locals[name] = value;
  }

  setBlock({ mode, type, name }: { mode: BlockMode; type: string; name: string }, value: Value): void {
    this.#blocks[mode][type] = { ...this.#blocks[mode][type], [name]: value };
  }

  outputs(): ValueMap {
    return Object.fromEntries(
      Object.entries(this.#stack.configuration.output).map(([name, body]) => {
        const path = constructPath(body, `${this.#stack.name}/output.${name}`);
        return [name, withConstructPath(path, () => this.evaluate(body.value ?? null))];
      }),
    );
  }

  #readRegions(): ReadonlyMap<string, string> {
    const regions = new Map<string, string>();
    for (const body of this.#stack.configuration.provider.aws ?? []) {
      const region = body.region === undefined ? undefined : toText(this.evaluate(body.region));
      const name = typeof body.alias === "string" ? `aws.${body.alias}` : "aws";
      if (region !== undefined) regions.set(name, region);
    }
    return regions;
  }
}
