import { describe, expect, it } from "vitest";
import type { Instance, ValueMap } from "../terraform/index.ts";
import { createDeployment } from "./deployment.ts";
import { instanceOf } from "./laptop.fixture.ts";

const thing = (name: string, values: ValueMap = {}): Instance => ({
  ...instanceOf("aws_thing", { name, ...values }),
  address: `aws_thing.${name}`,
  path: `app/${name}`,
});

/** A deployment that records its calls. Ids are names, as for most resources. */
function subject(options: { keeps?: (name: string) => boolean } = {}) {
  const done: string[] = [];
  const failing = new Set<string>();
  const deployment = createDeployment({
    apply: async ({ arguments: { name, ...rest } }) => {
      done.push(`apply ${String(name)} ${JSON.stringify(rest)}`);
      if (failing.has(String(name))) throw new Error("refused");
      return { id: name ?? null, arn: `arn:${String(name)}` };
    },
    remove: async ({ arguments: { name } }) => {
      done.push(`remove ${String(name)}`);
      if (failing.has(String(name))) throw new Error("refused");
      return options.keeps?.(String(name)) ? "kept" : "removed";
    },
  });
  return {
    failing,
    /** Applies all instances in order. Returns the recorded calls and the reported changes. */
    round: async (...instances: readonly Instance[]) => {
      done.length = 0;
      const round = deployment.begin();
      const attributes: ValueMap[] = [];
      for (const instance of instances) attributes.push(await round.apply(instance));
      const changes = (await round.finish()).map(({ kind, path }) => `${kind} ${path}`);
      return { done: [...done], changes, attributes };
    },
    done,
  };
}

describe("createDeployment", () => {
  it("applies changed resources, and gives the known attributes of the others", async () => {
    const { round } = subject();
    const first = await round(thing("a"), thing("b", { size: 1 }));
    expect(first.changes).toEqual(["created app/a", "created app/b"]);
    const second = await round(thing("a"), thing("b", { size: 2 }), thing("c"));
    expect(second.done).toEqual(['apply b {"size":2}', "apply c {}"]);
    expect(second.changes).toEqual(["changed app/b", "created app/c"]);
    expect(second.attributes).toEqual([
      { id: "a", arn: "arn:a" },
      { id: "b", arn: "arn:b" },
      { id: "c", arn: "arn:c" },
    ]);
  });

  it("removes resources that have left, dependents first, and only once", async () => {
    const { round } = subject();
    await round(thing("a"), thing("b"), thing("c"));
    expect(await round(thing("a"))).toMatchObject({
      done: ["remove c", "remove b"],
      changes: ["removed app/c", "removed app/b"],
    });
    expect((await round(thing("a"))).done).toEqual([]);
  });

  it("reports the resources that it keeps", async () => {
    const { round } = subject({ keeps: (name) => name === "data" });
    await round(thing("data"));
    expect((await round()).changes).toEqual(["kept app/data"]);
  });

  it("removes the old resource when the new one has another id", async () => {
    const { round } = subject();
    await round(thing("a"));
    const renamed = { ...thing("b"), address: "aws_thing.a" };
    expect((await round(renamed)).done).toEqual(["apply b {}", "remove a"]);
  });

  it("removes nothing when a construct has moved", async () => {
    const { round } = subject();
    await round(thing("a"));
    const moved = { ...thing("a"), address: "aws_thing.elsewhere" };
    expect(await round(moved)).toMatchObject({ done: ["apply a {}"], changes: ["created app/a"] });
    expect((await round()).done).toEqual(["remove a"]);
  });

  it("applies a failed resource again, even with its old arguments", async () => {
    const { round, failing, done } = subject();
    await round(thing("a"), thing("b"));
    failing.add("a");
    await expect(round(thing("a", { size: 2 }), thing("b"))).rejects.toThrow("refused");
    failing.clear();
    expect((await round(thing("a"), thing("b"))).done).toEqual(["apply a {}"]);
    expect((await round(thing("a"), thing("b"))).done).toEqual([]);
    expect(done).toEqual([]);
  });

  it("continues with the removals at the next apply (a removal fails)", async () => {
    const { round, failing } = subject();
    await round(thing("a"), thing("b"));
    const renamed = { ...thing("c"), address: "aws_thing.a" };
    failing.add("a");
    await expect(round(renamed, thing("b"))).rejects.toThrow("refused");
    failing.clear();
    expect((await round(renamed, thing("b"))).done).toEqual(["remove a"]);
  });

  it("keeps a resource when the change that replaced it is reverted before its removal", async () => {
    const { round, failing } = subject();
    await round(thing("a"), thing("b"));
    const renamed = { ...thing("c"), address: "aws_thing.a" };
    failing.add("b");
    await expect(round(renamed, thing("b", { size: 2 }))).rejects.toThrow("refused");
    failing.clear();
    expect((await round(thing("a"), thing("b"))).done).toEqual(["apply a {}", "apply b {}", "remove c"]);
  });
});
