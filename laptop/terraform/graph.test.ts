import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GraphNode, runInOrder } from "./graph.ts";

/** Edges point from higher to lower numbers, so there is no cycle. */
const acyclic = fc
  .integer({ min: 1, max: 25 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.uniqueArray(fc.nat({ max: Math.max(0, index - 1) }), { maxLength: index }),
      ),
    ),
  );

function nodesOf(needs: readonly (readonly number[])[], run: (id: string) => Promise<void>): GraphNode[] {
  return needs.map((needed, index) => ({
    id: String(index),
    path: `stack/${index}`,
    needs: new Set(needed.map(String)),
    run: () => run(String(index)),
  }));
}

describe("runInOrder", () => {
  it("runs each node once, after all nodes that it needs, in any order of declaration", async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, fc.integer(), async (needs, seed) => {
        const done: string[] = [];
        const nodes = nodesOf(needs, async (id) => {
          await new Promise(setImmediate);
          done.push(id);
        });
        const shuffled = nodes.toSorted(
          (left, right) => ((Number(left.id) * seed) % 7) - ((Number(right.id) * seed) % 7),
        );
        await runInOrder(shuffled);
        expect(done.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
        for (const { id, needs } of nodes) {
          for (const need of needs) expect(done.indexOf(need)).toBeLessThan(done.indexOf(id));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("runs independent nodes at the same time", async () => {
    let running = 0;
    let most = 0;
    await runInOrder(
      nodesOf([[], [], []], async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
      }),
    );
    expect(most).toBe(3);
  });

  it("starts no node after a failure, waits for running nodes, then throws the first failure", async () => {
    const done: string[] = [];
    const nodes = nodesOf([[], [], [0], [1]], async (id) => {
      if (id === "0") throw new Error("first");
      await new Promise(setImmediate);
      done.push(id);
    });
    await expect(runInOrder(nodes)).rejects.toThrow("first");
    expect(done).toEqual(["1"]);
  });

  it("names a cycle and its place", async () => {
    const cycle = nodesOf([[2], [0], [1]], async () => undefined);
    await expect(runInOrder(cycle)).rejects.toMatchObject({
      code: "reference_cycle",
      message: expect.stringContaining("0 -> 2 -> 1 -> 0"),
    });
  });

  it("refuses a missing node before any node runs", async () => {
    let runs = 0;
    const nodes = nodesOf([[], [7]], async () => void runs++);
    await expect(runInOrder(nodes)).rejects.toMatchObject({ code: "reference_unknown", path: "stack/1" });
    expect(runs).toBe(0);
  });
});
