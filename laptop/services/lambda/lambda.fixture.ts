import { afterEach } from "vitest";
import { contextOf, startLambdaWith } from "../services.fixture.ts";
import type { FunctionOptions, LambdaService } from "./lambda-service.ts";

const started: LambdaService[] = [];

/** Lambda with one function, `subject`, which stops after the test. */
export async function startFunction(
  source: string,
  options: Partial<FunctionOptions> = {},
  given: Parameters<typeof contextOf>[0] = {},
) {
  const setup = await startLambdaWith(contextOf(given), source, options);
  started.push(setup.lambda);
  const invoke = async (event: unknown = {}) => {
    const result = await setup.lambda.invoke({ function: "subject", payload: JSON.stringify(event) });
    return { ...result, value: JSON.parse(result.payload) };
  };
  return { ...setup, invoke };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.stop()));
});
