import {
  applyInstance,
  type Change,
  createDeployment,
  type EngineName,
  enginesOf,
  isRun,
  type Laptop,
  type Round,
  removeInstance,
} from "../resources/index.ts";
import { type AppliedStack, applyStack, type Instance, type ValueMap } from "../terraform/index.ts";
import { readSynthesis, type Synthesis } from "./synthesis.ts";

export interface CloudStacksOptions {
  readonly laptop: Laptop;
  readonly runningEngines: ReadonlySet<EngineName>;
  readonly variables: Readonly<Record<string, string>>;
  readonly onProgress: (step: string) => void;
}

type Outputs = Readonly<Record<string, ValueMap>>;

/** The applied stacks of one running cloud. */
export class CloudStacks {
  readonly #options: CloudStacksOptions;
  readonly #deployment: { begin(): Round };
  #outputs: Outputs = {};
  #lastApply: Promise<unknown> = Promise.resolve();

  constructor(options: CloudStacksOptions) {
    const { laptop } = options;
    this.#options = options;
    this.#deployment = createDeployment({
      apply: (instance) => applyInstance(instance, laptop),
      remove: (instance, attributes) => removeInstance(instance, attributes, laptop),
    });
  }

  /** Outputs by stack, from the last successful apply. */
  get outputs(): Outputs {
    return this.#outputs;
  }

  async apply({ stacks }: Pick<Synthesis, "stacks">): Promise<readonly Change[]> {
    const { laptop, variables, onProgress } = this.#options;
    const round = this.#deployment.begin();
    const apply = (instance: Instance) => (isRun(instance) ? round.apply(instance) : applyInstance(instance, laptop));
    const applied: AppliedStack[] = [];
    for (const stack of stacks) {
      onProgress(`stack ${stack.name}`);
      applied.push(await applyStack(stack, { variables, applied, state: laptop.state, apply }));
    }
    const changes = await round.finish();
    this.#outputs = Object.fromEntries(applied.map((stack) => [stack.name, stack.outputs]));
    return changes;
  }

  /** Applies another cdktf.out folder after the earlier applies have finished. */
  applyNext(output: string): Promise<readonly Change[]> {
    const next = this.#lastApply.then(() => this.apply(this.#readNext(output)));
    this.#lastApply = next.catch(() => undefined);
    return next;
  }

  /** Resolves when no apply is running. */
  async idle(): Promise<void> {
    await this.#lastApply;
  }

  #readNext(output: string): Synthesis {
    const { laptop, runningEngines, variables } = this.#options;
    const next = readSynthesis(output, variables);
    if (next.region !== laptop.region) {
      throw new Error(`the cloud runs in ${laptop.region}, not ${next.region}: reset, then up changes that`);
    }
    const missing = [...enginesOf(next.types)].filter((name) => !runningEngines.has(name));
    if (missing.length > 0) throw new Error(`${missing.join(", ")} does not run yet: down, then up starts it`);
    return next;
  }
}
