import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TerraformError } from "./errors.ts";
import { readOutput } from "./output.ts";
import { type AppliedStack, applyStack, type Instance } from "./stack.ts";
import { memoryState, openState } from "./state.ts";
import type { ValueMap } from "./value.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are Terraform's templates */

/** A cdktf.out folder with these stacks, each depending on the one before. */
function output(stacks: Readonly<Record<string, object>>): string {
  const folder = mkdtempSync(join(tmpdir(), "stack-"));
  const names = Object.keys(stacks);
  const manifest = Object.fromEntries(
    names.map((name, index) => [
      name,
      { name, synthesizedStackPath: `stacks/${name}/cdk.tf.json`, dependencies: names.slice(index - 1, index) },
    ]),
  );
  // The manifest lists them in any order.
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({ stacks: Object.fromEntries(Object.entries(manifest).reverse()) }),
  );
  for (const [name, configuration] of Object.entries(stacks)) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    const provider = { aws: [{ region: "eu-west-1" }, { alias: "east", region: "us-east-1" }] };
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), JSON.stringify({ provider, ...configuration }));
  }
  return folder;
}

const from = (path: string) => ({ "//": { metadata: { path, uniqueId: path } } });

/** Applies all stacks with a provider that answers `arn` and remembers what it was given, in order. */
async function apply(
  stacks: Readonly<Record<string, object>>,
  variables: Readonly<Record<string, string>> = {},
  state = memoryState(),
) {
  const instances: Instance[] = [];
  const applied: AppliedStack[] = [];
  const provider = async (instance: Instance): Promise<ValueMap> => {
    await new Promise(setImmediate);
    instances.push(instance);
    return { arn: `arn:${instance.address}` };
  };
  for (const stack of readOutput(output(stacks))) {
    applied.push(await applyStack(stack, { variables, applied, state, apply: provider }));
  }
  return {
    instances,
    outputs: Object.fromEntries(applied.map(({ name, outputs }) => [name, outputs])),
    argumentsOf: (address: string) => instances.find((instance) => instance.address === address)?.arguments,
  };
}

async function failure(stack: object, variables: Readonly<Record<string, string>> = {}): Promise<TerraformError> {
  try {
    await apply({ only: stack }, variables);
  } catch (error) {
    if (error instanceof TerraformError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

describe("applyStack", () => {
  it("applies referenced resources first, and keeps all attributes of a type's resources that are applied together", async () => {
    const { instances, outputs } = await apply({
      only: {
        locals: { both: ["${aws_sqs_queue.a.arn}", "${aws_sqs_queue.b.arn}"] },
        resource: {
          aws_iam_role: {
            r: { ...from("only/role"), policy: "${jsonencode(local.both)}", depends_on: ["aws_sqs_queue.c"] },
          },
          aws_sqs_queue: { a: { ...from("only/a"), name: "a" }, b: { ...from("only/b") }, c: { ...from("only/c") } },
        },
        output: { policy: { value: "${aws_iam_role.r.policy}" }, name: { value: "${aws_sqs_queue.a.name}" } },
      },
    });
    expect(instances.at(-1)).toMatchObject({
      type: "aws_iam_role",
      path: "only/role",
      region: "eu-west-1",
      stack: "only",
    });
    expect(outputs.only).toEqual({ policy: '["arn:aws_sqs_queue.a","arn:aws_sqs_queue.b"]', name: "a" });
  });

  it("resolves variables by type, defaults and validations", async () => {
    const stack = {
      variable: {
        text: { type: "string" },
        size: { type: "number", validation: { condition: "${var.size > 1}", error_message: "too small" } },
        list: { type: "list(string)", default: ["a"] },
      },
      output: { all: { value: ["${var.text}", "${var.size + 1}", "${var.list[0]}"] } },
    };
    const { outputs } = await apply({ only: stack }, { text: "5", size: "2", notDeclared: "x" });
    expect(outputs.only?.all).toEqual(["5", 3, "a"]);
    expect(await failure(stack, { text: "", size: "1" })).toMatchObject({ code: "argument_invalid" });
    expect(await failure(stack, { size: "2" })).toMatchObject({ code: "variable_missing", path: "only/var.text" });
  });

  it("reads the outputs of the stack that has the backend of a remote state", async () => {
    const backend = (name: string) => ({ backend: { s3: { bucket: "states", key: `${name}.tfstate` } } });
    const { outputs } = await apply({
      first: { terraform: backend("first"), output: { "cross-stack-output-x": { value: "one" } } },
      other: { terraform: backend("other"), output: { "cross-stack-output-x": { value: "two" } } },
      second: {
        terraform: backend("second"),
        data: {
          terraform_remote_state: {
            "cross-stack-reference-input-other": {
              backend: "s3",
              config: { bucket: "states", key: "other.tfstate" },
              workspace: "${terraform.workspace}",
            },
          },
        },
        output: {
          got: {
            value: "${data.terraform_remote_state.cross-stack-reference-input-other.outputs.cross-stack-output-x}",
          },
        },
      },
    });
    expect(outputs.second).toEqual({ got: "two" });
  });

  it("refuses a remote state that no stack of the output has", async () => {
    const error = await failure({
      data: { terraform_remote_state: { r: { ...from("only/remote"), backend: "s3", config: { key: "elsewhere" } } } },
    });
    expect(error).toMatchObject({ code: "reference_unknown", path: "only/remote" });
  });

  it("makes one instance for each element of count and for_each", async () => {
    const { outputs, argumentsOf } = await apply({
      only: {
        resource: {
          aws_sqs_queue: {
            many: { ...from("only/many"), count: 2, name: "q${count.index}" },
            each: { ...from("only/each"), for_each: '${toset(["x", "y"])}', name: "${each.key}-${each.value}" },
          },
        },
        output: {
          many: { value: "${aws_sqs_queue.many[*].arn}" },
          each: { value: '${aws_sqs_queue.each["y"].name}' },
        },
      },
    });
    expect(outputs.only).toEqual({ many: ["arn:aws_sqs_queue.many[0]", "arn:aws_sqs_queue.many[1]"], each: "y-y" });
    expect(argumentsOf("aws_sqs_queue.many[1]")).toEqual({ name: "q1" });
  });

  it("uses the region of the provider that a resource names", async () => {
    const { instances } = await apply({
      only: { resource: { aws_sqs_queue: { a: { ...from("only/a"), provider: "aws.east" } } } },
    });
    expect(instances[0]?.region).toBe("us-east-1");
  });

  it.each([
    ["a function that is not known", { name: "${nope(1)}" }, "function_unknown"],
    ["a reference to nothing", { name: "${aws_sqs_queue.missing.arn}" }, "reference_unknown"],
    ["a type that is not declared", { name: "${aws_sns_topic.missing.arn}" }, "reference_unknown"],
    ["an attribute that is not there", { name: "${aws_sqs_queue.other.missing}" }, "reference_unknown"],
    ["itself", { name: "${aws_sqs_queue.subject.arn}" }, "reference_cycle"],
    ["a provisioner", { provisioner: { "local-exec": {} } }, "construct_unsupported"],
    ["a dependency on nothing", { depends_on: ["aws_sqs_queue.missing"] }, "reference_unknown"],
  ])("names the construct that uses %s", async (_, body, code) => {
    const resource = {
      aws_sqs_queue: { subject: { ...from("only/group/subject"), ...body }, other: from("only/other") },
    };
    expect(await failure({ resource })).toMatchObject({
      code,
      path: "only/group/subject",
      message: expect.stringContaining("only/group/subject"),
    });
  });
});

describe("readOutput", () => {
  it("names the file that is missing or wrong", () => {
    expect(() => readOutput("/nowhere")).toThrow(/nowhere.manifest\.json.*synthesize/);
    expect(() => readOutput(output({ only: { module: { m: { source: "./m" } } } }))).toThrow(/cdk\.tf\.json.*module/s);
  });

  it("refuses stacks that depend on each other", () => {
    const folder = output({ a: {}, b: {} });
    const stack = (name: string, on: string) => ({
      name,
      synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
      dependencies: [on],
    });
    writeFileSync(
      join(folder, "manifest.json"),
      JSON.stringify({ stacks: { a: stack("a", "b"), b: stack("b", "a") } }),
    );
    expect(() => readOutput(folder)).toThrow("a -> b -> a");
  });
});

describe("lifecycle", () => {
  const secret = (lifecycle: object, triggers_replace: string) => ({
    only: {
      resource: { terraform_data: { secret: { input: { value: "${uuid()}" }, triggers_replace, ...lifecycle } } },
    },
  });
  const ignoring = { lifecycle: { ignore_changes: ["input"] } };

  /** What each apply in turn gave the resource, each reading the state that the one before left on disk. */
  async function inputs(...stacks: Parameters<typeof apply>[0][]) {
    const file = join(mkdtempSync(join(tmpdir(), "state-")), "state.json");
    const given: unknown[] = [];
    for (const stack of stacks) {
      const { argumentsOf } = await apply(stack, {}, openState(file));
      given.push(argumentsOf("terraform_data.secret")?.input);
    }
    return given;
  }

  it("keeps the first value of an ignored argument, also after a restart, until the resource is replaced", async () => {
    const [first, second, replaced] = await inputs(secret(ignoring, "1"), secret(ignoring, "1"), secret(ignoring, "2"));
    expect(first).toEqual({ value: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(second).toEqual(first);
    expect(replaced).not.toEqual(first);
  });

  it("applies every change of the other arguments", async () => {
    const [first, second] = await inputs(secret({}, "1"), secret({}, "1"));
    expect(second).not.toEqual(first);
    const all = { lifecycle: [{ ignore_changes: "all" }] };
    const [one, same] = await inputs(secret(all, "1"), secret(all, "1"));
    expect(same).toEqual(one);
  });

  it("refuses unsupported lifecycle arguments", async () => {
    const error = await failure(secret({ lifecycle: { ignore_changes: ["input.value"] } }, "1").only);
    expect(error.code).toBe("construct_unsupported");
    expect(error.message).toContain("only ignore whole arguments");
    const replaced = await failure(secret({ lifecycle: { replace_triggered_by: ["terraform_data.a"] } }, "1").only);
    expect(replaced.message).toContain("replace_triggered_by");
  });
});

/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are Terraform's templates */
