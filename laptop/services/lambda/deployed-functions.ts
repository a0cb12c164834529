import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { functionNameOf } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { unpackBundle } from "./bundle.ts";
import { functionEnvironment } from "./environment.ts";
import { describeFunction } from "./function-description.ts";
import { FunctionInstance } from "./function-instance.ts";
import { type FunctionDescription, type FunctionOptions, LambdaError } from "./lambda-service.ts";
import { Pool } from "./pool.ts";

export interface DeployedFunctionsOptions extends ServiceContext {
  /** Variables of every function, such as `AWS_ENDPOINT_URL_SQS`; asked for when an instance starts. */
  readonly sharedEnvironment: () => Readonly<Record<string, string>>;
  /** The most workers of one function at the same time. @default 16 */
  readonly instanceCountMax?: number;
}

export interface DeployedFunction {
  readonly options: FunctionOptions;
  readonly description: FunctionDescription;
  readonly taskRoot: string;
  readonly pool: Pool;
}

/** A function that was replaced may finish what it runs: its own time-out, at most 15 minutes, ends that. */
const replacedDrainMs = 16 * 60_000;
const drainMs = 10_000;

/** The functions of one account, by name, with their pools. */
export class DeployedFunctions {
  readonly #options: DeployedFunctionsOptions;
  readonly #functions = new Map<string, DeployedFunction>();
  /** Pools of code that was replaced or deleted, until their last invocation has ended. */
  readonly #replacedPools = new Set<Pool>();

  constructor(options: DeployedFunctionsOptions) {
    this.#options = options;
  }

  find(nameOrArn: string): DeployedFunction | undefined {
    return this.#functions.get(functionNameOf(nameOrArn));
  }

  /** @throws LambdaError when there is no such function */
  get(nameOrArn: string): DeployedFunction {
    const found = this.find(nameOrArn);
    if (found) return found;
    throw new LambdaError("ResourceNotFoundException", `Function not found: ${nameOrArn}`);
  }

  async put(options: FunctionOptions): Promise<FunctionDescription> {
    requireNode(options);
    const { name, code } = options;
    const folder = join(this.#options.folder, "lambda");
    const { taskRoot, ...bundle } = await unpackBundle({ zip: code.zip, folder, name });
    const before = this.#functions.get(name);
    if (before?.taskRoot === taskRoot && isDeepStrictEqual({ ...before.options, code }, options)) {
      return before.description;
    }
    const description = describeFunction(options, { ...this.#options, ...bundle });
    const pool = this.#createPool(options, taskRoot);
    if (before) await load(pool, name);
    this.#functions.set(name, { options, description, taskRoot, pool });
    if (before) this.#drainReplaced(before);
    return description;
  }

  delete(nameOrArn: string): void {
    const found = this.find(nameOrArn);
    if (!found) return;
    this.#functions.delete(found.options.name);
    this.#drainReplaced(found);
  }

  /** Waits for running invocations (bounded), then ends all workers. */
  async stop(): Promise<void> {
    const pools = [...this.#replacedPools, ...[...this.#functions.values()].map(({ pool }) => pool)];
    await Promise.all(pools.map((pool) => pool.drain(drainMs)));
  }

  #createPool(options: FunctionOptions, taskRoot: string): Pool {
    const { instanceCountMax = 16 } = this.#options;
    const { reservedConcurrency = -1 } = options;
    return new Pool({
      instanceCountMax,
      ...(reservedConcurrency >= 0 && { reservedConcurrency }),
      start: () => this.#startInstance(options, taskRoot),
    });
  }

  #startInstance(options: FunctionOptions, taskRoot: string): FunctionInstance {
    const { region, sharedEnvironment, log } = this.#options;
    const source = `lambda/${options.name}`;
    return new FunctionInstance({
      taskRoot,
      handler: options.handler,
      environment: functionEnvironment({ function: options, region, taskRoot, shared: sharedEnvironment() }),
      timeoutMs: (options.timeoutSeconds ?? 3) * 1000,
      memoryMb: options.memoryMb ?? 128,
      onLine: (line) => log({ source, line }),
    });
  }

  #drainReplaced({ options: { name }, taskRoot, pool }: DeployedFunction): void {
    this.#replacedPools.add(pool);
    void pool.drain(replacedDrainMs).then(() => {
      this.#replacedPools.delete(pool);
      if (this.#functions.get(name)?.taskRoot !== taskRoot) rmSync(taskRoot, { recursive: true, force: true });
    });
  }
}

/** Code that replaces other code must load before it gets the first invocation. */
async function load(pool: Pool, name: string): Promise<void> {
  const fault = await pool.warm();
  if (!fault) return;
  await pool.drain(0);
  const { errorType, errorMessage } = JSON.parse(fault.payload) as { errorType: string; errorMessage: string };
  throw new Error(`the new code of ${name} does not load, so the old one goes on: ${errorType}: ${errorMessage}`);
}

function requireNode({ name, runtime = "nodejs24.x" }: FunctionOptions): void {
  if (runtime.startsWith("nodejs")) return;
  throw new Error(`function ${name} has the runtime ${runtime}; here only nodejs runtimes run`);
}
