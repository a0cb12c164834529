import { equal, type Instance, type ValueMap } from "../terraform/index.ts";

/** What happened to a resource when the Terraform was applied again. */
export interface Change {
  readonly kind: "created" | "changed" | "removed" | "kept";
  readonly type: string;
  readonly address: string;
  /** The construct's path. */
  readonly path: string;
}

export interface DeploymentPorts {
  /** Creates a resource or changes the one that has its id. */
  apply(instance: Instance): Promise<ValueMap>;
  /** Removes a resource that has left the Terraform, or keeps it. */
  remove(instance: Instance, attributes: ValueMap): Promise<"removed" | "kept">;
}

/** One pass over the Terraform, from its first stack to its last. */
export interface Round {
  /** Applies a resource that is new or whose arguments have changed. For any other, returns the known attributes. */
  apply(instance: Instance): Promise<ValueMap>;
  /** Removes the resources that have left the Terraform, dependents first. Returns all changes of this round. */
  finish(): Promise<readonly Change[]>;
}

interface AppliedResource {
  readonly instance: Instance;
  readonly attributes: ValueMap;
  /** True when its last apply failed. The next apply must then run even with equal arguments. */
  readonly isIncomplete?: true;
}

/**
 * The applied resources. A resource is applied again when its arguments have changed. When it then has another `id`,
 * the one with the old id is removed. Resources that have left the Terraform are removed too.
 */
export function createDeployment(ports: DeploymentPorts): { begin(): Round } {
  const deployment = new Deployment(ports);
  return { begin: () => new DeploymentRound(deployment) };
}

class Deployment {
  readonly ports: DeploymentPorts;
  /** By stack and address. */
  readonly applied = new Map<string, AppliedResource>();
  /** Resources whose successor has another id. They are removed at the end of a round. */
  readonly replaced: AppliedResource[] = [];

  constructor(ports: DeploymentPorts) {
    this.ports = ports;
  }

  /** Removes a resource, unless another address has the same id: then a construct has moved, and the resource stays. */
  async remove({ instance, attributes }: AppliedResource): Promise<"removed" | "kept" | "moved"> {
    const isInUse = [...this.applied.values()].some(
      (other) =>
        other.instance !== instance && other.instance.type === instance.type && hasSameId(other.attributes, attributes),
    );
    return isInUse ? "moved" : this.ports.remove(instance, attributes);
  }
}

class DeploymentRound implements Round {
  readonly #deployment: Deployment;
  readonly #visitedKeys = new Set<string>();
  readonly #changes: Change[] = [];

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  async apply(instance: Instance): Promise<ValueMap> {
    const { applied, replaced, ports } = this.#deployment;
    const key = `${instance.stack}/${instance.address}`;
    this.#visitedKeys.add(key);
    const before = applied.get(key);
    if (before && !before.isIncomplete && isSame(before.instance, instance)) return before.attributes;
    if (before) applied.set(key, { ...before, isIncomplete: true });
    const attributes = await ports.apply(instance);
    applied.set(key, { instance, attributes });
    if (before && !hasSameId(before.attributes, attributes)) replaced.push(before);
    this.#record(before ? "changed" : "created", instance);
    return attributes;
  }

  async finish(): Promise<readonly Change[]> {
    const { applied, replaced } = this.#deployment;
    for (let [before] = replaced; before; [before] = replaced) {
      await this.#deployment.remove(before);
      replaced.shift();
    }
    for (const [key, resource] of [...applied].toReversed()) {
      if (this.#visitedKeys.has(key)) continue;
      const outcome = await this.#deployment.remove(resource);
      applied.delete(key);
      if (outcome !== "moved") this.#record(outcome, resource.instance);
    }
    return this.#changes;
  }

  #record(kind: Change["kind"], { type, address, path }: Instance): void {
    this.#changes.push({ kind, type, address, path });
  }
}

const hasSameId = (one: ValueMap, other: ValueMap): boolean => equal(one.id ?? null, other.id ?? null);

const isSame = (before: Instance, now: Instance): boolean =>
  before.region === now.region && equal(before.arguments, now.arguments);
