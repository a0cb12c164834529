import { equal, type Instance, type ValueMap } from "../terraform/index.ts";

/** What became of a resource when the Terraform was applied again. */
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
  /** Ends one that has left the Terraform, or lets it stay. */
  remove(instance: Instance, attributes: ValueMap): Promise<"removed" | "kept">;
}

/** One reading of the Terraform, from its first stack to its last. */
export interface Round {
  /** Applies a resource that is new or has other arguments than it runs with; else gives what is known of it. */
  apply(instance: Instance): Promise<ValueMap>;
  /** Removes what has left the Terraform, dependents first, and gives all that this round changed. */
  finish(): Promise<readonly Change[]>;
}

interface Running {
  readonly instance: Instance;
  readonly attributes: ValueMap;
  /** A change of it failed half way, so whatever comes next is applied. */
  readonly isDoubtful?: true;
}

/**
 * What runs of the Terraform, by resource. A resource is applied again when its arguments have changed; when that gave
 * it another `id`, the one that it was before is removed, as is what has left the Terraform.
 */
export function createDeployment(ports: DeploymentPorts): { begin(): Round } {
  const running = new Map<string, Running>();
  const replaced: Running[] = [];

  /** Another resource may have taken it over: a construct that moved has a new address and the same id. */
  async function remove({ instance, attributes }: Running): Promise<"removed" | "kept" | "moved"> {
    const isThere = [...running.values()].some(
      (other) =>
        other.instance !== instance &&
        other.instance.type === instance.type &&
        equal(other.attributes.id ?? null, attributes.id ?? null),
    );
    return isThere ? "moved" : ports.remove(instance, attributes);
  }

  function begin(): Round {
    const seen = new Set<string>();
    const changes: Change[] = [];
    const note = (kind: Change["kind"], { type, address, path }: Instance) =>
      changes.push({ kind, type, address, path });

    async function apply(instance: Instance): Promise<ValueMap> {
      const key = `${instance.stack}/${instance.address}`;
      seen.add(key);
      const before = running.get(key);
      if (before && !before.isDoubtful && isSame(before.instance, instance)) return before.attributes;
      if (before) running.set(key, { ...before, isDoubtful: true });
      const attributes = await ports.apply(instance);
      running.set(key, { instance, attributes });
      if (before && !equal(before.attributes.id ?? null, attributes.id ?? null)) replaced.push(before);
      note(before ? "changed" : "created", instance);
      return attributes;
    }

    async function finish(): Promise<readonly Change[]> {
      for (let [before] = replaced; before; [before] = replaced) {
        await remove(before);
        replaced.shift();
      }
      for (const [key, left] of [...running].toReversed()) {
        if (seen.has(key)) continue;
        const outcome = await remove(left);
        running.delete(key);
        if (outcome !== "moved") note(outcome, left.instance);
      }
      return changes;
    }

    return { apply, finish };
  }

  return { begin };
}

function isSame(before: Instance, now: Instance): boolean {
  return before.region === now.region && equal(before.arguments, now.arguments);
}
