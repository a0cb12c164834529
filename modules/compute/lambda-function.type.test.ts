import { describe, expectTypeOf, it } from "vitest";
import type { Bundle } from "./bundle.ts";
import { LambdaFunction, type LambdaFunctionProps } from "./lambda-function.ts";

type Environment = { TABLE: string; ACCESS: "public" | "private"; SHARD_COUNT?: string };
type Props = LambdaFunctionProps<Environment, "public">;

/** Never called: only the compiler reads it. */
function uses(scope: LambdaFunction, bundle: Bundle<Environment>): void {
  const common = { name: "f", description: "", bundle, placement: { reach: "public" } } as const;
  const all = { TABLE: "t", ACCESS: "public", SHARD_COUNT: "16" } as const;
  const { TABLE: _, ...dropped } = all;
  const { SHARD_COUNT: __, ...withoutOptional } = all;
  new LambdaFunction(scope, "all", { ...common, environment: all });
  // @ts-expect-error TABLE is missing
  new LambdaFunction(scope, "dropped", { ...common, environment: dropped });
  // @ts-expect-error SHARD_COUNT is missing: it is required although it has a default in the code
  new LambdaFunction(scope, "optional", { ...common, environment: withoutOptional });
  // @ts-expect-error the code declares no TABEL
  new LambdaFunction(scope, "misspelt", { ...common, environment: { ...all, TABEL: "t" } });
  // @ts-expect-error ACCESS is public or private
  new LambdaFunction(scope, "value", { ...common, environment: { ...all, ACCESS: "some" } });
  // @ts-expect-error a private function must name its network
  new LambdaFunction(scope, "private", { ...common, environment: all, placement: { reach: "private" } });
}

describe("LambdaFunctionProps", () => {
  it("requires every variable that the code declares, also the optional ones", () => {
    expectTypeOf<Props["environment"]>().toEqualTypeOf<Required<Environment>>();
    expectTypeOf(uses).returns.toBeVoid();
  });

  it("keeps the placement in the type", () => {
    expectTypeOf<LambdaFunction<Environment, "public">["reach"]>().toEqualTypeOf<"public">();
  });
});
