import { describe, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { Route } from "../../../contract/route.ts";
import type { Routes } from "../../../contract/routes.ts";
import type { AnswerOf, InputOf, Methods, OperationName } from "./index.ts";

type Part<Schema> = Schema extends z.ZodType ? z.input<Schema> : unknown;
type BodyOf<R extends Route> = R["body"] extends z.ZodType ? { body: z.input<R["body"]> } : unknown;
/** The input according to the contract's zod schemas, independent of the generated file. */
type ContractInput<R extends Route> = Part<R["parameters"]> & BodyOf<R>;
type Schemas<R extends Route> = {
  [Status in keyof R["answers"]]: R["answers"][Status] extends { schema: infer Schema } ? Schema : never;
}[keyof R["answers"]];
/** The answers of the service: ids are branded, defaults are filled in. */
type ContractAnswer<R extends Route> = z.output<Schemas<R>>;
/** The answers before parsing: ids are plain strings. */
type ContractReading<R extends Route> = z.input<Schemas<R>>;

describe("types made from the contract", () => {
  it("contain every operation", () => {
    expectTypeOf<OperationName>().toEqualTypeOf<keyof Routes>();
  });

  it("match the schemas", () => {
    type Taken = { [O in OperationName]: InputOf<O> extends ContractInput<Routes[O]> ? never : O }[OperationName];
    type Given = { [O in OperationName]: ContractAnswer<Routes[O]> extends AnswerOf<O> ? never : O }[OperationName];
    type Promised = { [O in OperationName]: AnswerOf<O> extends ContractReading<Routes[O]> ? never : O }[OperationName];
    expectTypeOf<Taken>().toEqualTypeOf<never>();
    expectTypeOf<Given>().toEqualTypeOf<never>();
    expectTypeOf<Promised>().toEqualTypeOf<never>();
  });

  it("refuse what the contract refuses", () => {
    const check = (holdfast: Methods) => [
      holdfast.getHealth(),
      holdfast.getItem({ sku: "MUG" }),
      // @ts-expect-error a path needs its parameter
      holdfast.getItem({}),
      // @ts-expect-error a strategy is one of three
      holdfast.holdReservation({ body: { lines: [{ sku: "MUG", quantity: 1 }], strategy: "nearest" } }),
      // @ts-expect-error a command needs its body
      holdfast.makeMovements({}),
    ];
    expectTypeOf(check).toBeFunction();
  });
});
