import { TerraformError } from "./errors.ts";

export type GraphNode = {
  readonly id: string;
  /** The construct's path, for messages. */
  readonly path: string;
  /** Ids of the nodes that must run before it. */
  readonly needs: ReadonlySet<string>;
  readonly run: () => Promise<void>;
};

/** Terraform's own default. */
const concurrencyMax = 10;

/**
 * Runs every node after the nodes that it needs; independent nodes run at the same time. After a failure no further
 * node starts. The first failure is thrown when all running nodes have finished.
 */
export async function runInOrder(nodes: readonly GraphNode[]): Promise<void> {
  refuseUnknownAndCycles(nodes);
  const waiting = new Set(nodes);
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  while (waiting.size > 0 || running.size > 0) {
    if (failures.length === 0) {
      for (const node of readyNodes(waiting, done, concurrencyMax - running.size)) {
        waiting.delete(node);
        running.set(node.id, start(node, done, running, failures));
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}

async function start(
  node: GraphNode,
  done: Set<string>,
  running: Map<string, Promise<void>>,
  failures: unknown[],
): Promise<void> {
  try {
    await node.run();
    done.add(node.id);
  } catch (error) {
    failures.push(error);
  } finally {
    running.delete(node.id);
  }
}

function readyNodes(waiting: ReadonlySet<GraphNode>, done: ReadonlySet<string>, room: number): GraphNode[] {
  return [...waiting].filter((node) => [...node.needs].every((need) => done.has(need))).slice(0, room);
}

function refuseUnknownAndCycles(nodes: readonly GraphNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const checked = new Set<string>();
  const visit = (node: GraphNode, trail: readonly string[]): void => {
    if (checked.has(node.id)) return;
    if (trail.includes(node.id)) {
      const cycle = [...trail.slice(trail.indexOf(node.id)), node.id].join(" -> ");
      throw new TerraformError("reference_cycle", `these need each other: ${cycle}`, { path: node.path });
    }
    for (const need of node.needs) {
      const needed = byId.get(need);
      if (needed === undefined) {
        throw new TerraformError("reference_unknown", `${need} is not declared in this stack`, { path: node.path });
      }
      visit(needed, [...trail, node.id]);
    }
    checked.add(node.id);
  };
  for (const node of nodes) visit(node, []);
}
