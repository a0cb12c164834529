import { describe, expectTypeOf, it } from "vitest";
import type { Route } from "../../contract/route.ts";
import type { FunctionVariables, LambdaFunction } from "../compute/lambda-function.ts";
import { RestApi } from "./rest-api.ts";

type Served = LambdaFunction<FunctionVariables, "private">;

/** Never called: only the compiler reads it. */
function uses(
  scope: LambdaFunction,
  fn: Served,
  authorizer: LambdaFunction<FunctionVariables, "public">,
  route: Route,
): void {
  const common = { name: "shop", description: "", authorizer } as const;
  const routes = { getOrder: { ...route, function: "orders" }, getBill: { ...route, function: "bills" } } as const;
  new RestApi(scope, "all", { ...common, routes, functions: { orders: fn, bills: fn } });
  // @ts-expect-error no function serves getBill
  new RestApi(scope, "unserved", { ...common, routes, functions: { orders: fn } });
  // @ts-expect-error no route names mails
  new RestApi(scope, "idle", { ...common, routes, functions: { orders: fn, bills: fn, mails: fn } });
}

describe("RestApiProps", () => {
  it("requires exactly the functions that the routes name", () => {
    expectTypeOf(uses).returns.toBeVoid();
  });
});
