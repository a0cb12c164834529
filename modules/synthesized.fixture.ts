import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { afterAll } from "vitest";
import type { Bundle } from "./compute/bundle.ts";
import {
  type FunctionVariables,
  LambdaFunction,
  type LambdaFunctionProps,
  type Reach,
} from "./compute/lambda-function.ts";
import { type Bundles, functionNames } from "./platform/functions.ts";

type Body = Readonly<Record<string, unknown>>;

export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

/** The synthesized Terraform of a stack, for tests to read. */
export class Synthesized {
  readonly #resources: Readonly<Record<string, Readonly<Record<string, Body>>>>;

  constructor(configuration: { readonly resource?: Readonly<Record<string, Readonly<Record<string, Body>>>> }) {
    this.#resources = configuration.resource ?? {};
  }

  /** Returns the type of each resource, sorted. A type is repeated for each of its resources. */
  types(): string[] {
    return Object.entries(this.#resources)
      .flatMap(([type, bodies]) => Object.keys(bodies).map(() => type))
      .sort();
  }

  all(type: string): readonly Body[] {
    return Object.values(this.#resources[type] ?? {});
  }

  one(type: string): Body {
    const [body, ...more] = this.all(type);
    if (!body || more.length > 0) throw new Error(`${more.length + (body ? 1 : 0)} resources of type ${type}, not one`);
    return body;
  }

  /** Returns the policy statements of roles whose construct path contains `path`. */
  statements(path = ""): PolicyStatement[] {
    return Object.entries(this.#resources.aws_iam_role_policy ?? {})
      .filter(([id]) => id.includes(path))
      .flatMap(([, body]) => JSON.parse(withoutQuotes(String(body.policy))).Statement);
  }
}

/** Replaces the quotes in expressions by `'`, because quotes there make the text invalid as JSON. */
const withoutQuotes = (text: string) =>
  text.replaceAll(/\$\{[^}]*\}/g, (expression) => expression.replaceAll('"', "'"));

/** Synthesizes one stack in which `build` made constructs. */
export function synthesize(build: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(new App({ outdir: temporaryFolder() }), "test");
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  build(stack);
  return new Synthesized(JSON.parse(JSON.stringify(stack.toTerraform())));
}

/** Returns a bundle without code, for a function with the variables `Environment`. */
export function emptyBundle<Environment extends FunctionVariables>(): Bundle<Environment> {
  const path = join(temporaryFolder(), "function.zip");
  writeFileSync(path, "");
  return { name: "function", path, codeSha256: "", folderSha256: {} };
}

/** Returns a bundle without code for each function of the platform. */
export function emptyBundles(): Bundles {
  // Each bundle has the type for its name. TypeScript cannot see that in a record made from entries.
  return Object.fromEntries(functionNames.map((name) => [name, emptyBundle()])) as unknown as Bundles;
}

type ProbeVariables = { readonly PROBE: string };

/** Makes a public function with one variable, as a parameter for intents. */
export function probe(
  scope: Construct,
  props: Partial<LambdaFunctionProps<ProbeVariables, "public">> = {},
): LambdaFunction<ProbeVariables, "public"> {
  return probeOf(scope, { placement: { reach: "public" }, ...props });
}

export function probeOf<FunctionReach extends Reach>(
  scope: Construct,
  props: Pick<LambdaFunctionProps<ProbeVariables, FunctionReach>, "placement"> &
    Partial<LambdaFunctionProps<ProbeVariables, FunctionReach>>,
): LambdaFunction<ProbeVariables, FunctionReach> {
  return new LambdaFunction<ProbeVariables, FunctionReach>(scope, "probe", {
    name: "probe",
    description: "Takes grants",
    bundle: emptyBundle<ProbeVariables>(),
    environment: { PROBE: "yes" },
    ...props,
  });
}

const folders = mkdtempSync(join(tmpdir(), "modules-"));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Makes a new folder. It is removed at the end of the test file. */
export function temporaryFolder(): string {
  return mkdtempSync(join(folders, "f-"));
}
