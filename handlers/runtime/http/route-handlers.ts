import type { z } from "zod";
import type { Route, RouteBody, RouteParameters, RouteQuery } from "../../../contract/route.ts";
import type { Operation, RestFunction, Routes } from "../../../contract/routes.ts";
import type { CommandContext, Outcome, Refused } from "../../inventory/index.ts";
import type { Principal } from "./principal.ts";

/** The operations of the route table that a function serves. */
type OperationsOf<Function extends RestFunction> = {
  [O in Operation]: Routes[O]["function"] extends Function ? O : never;
}[Operation];

/** A request that passed every rule of the contract, typed by its route. */
export interface RouteRequest<R extends Route> {
  readonly parameters: RouteParameters<R>;
  readonly query: RouteQuery<R>;
  readonly body: RouteBody<R>;
  /** Absent only on public routes. */
  readonly principal: R["access"] extends { readonly kind: "scope" } ? Principal : Principal | undefined;
  /** The version of `If-Match`; 0 means that the thing does not exist yet. */
  readonly ifMatch: number | undefined;
  /** The facts that a command carries. Its `idempotency` is set on routes that take an Idempotency-Key. */
  readonly context: CommandContext;
}

interface AnswerHeaders {
  /** The complete entity tag: `versionTag(version)` or a weak hash. */
  readonly etag?: string;
  /** @default "private, no-store" */
  readonly cacheControl?: string;
}

/** An answer whose body is already text: CSV, or JSON that was made earlier. */
export interface TextAnswer extends AnswerHeaders {
  readonly status: 200;
  readonly text: string;
  readonly contentType: string;
}

export type Answer<R extends Route> =
  | {
      [Status in keyof R["answers"]]: AnswerHeaders & {
        readonly status: Status;
        readonly body: R["answers"][Status] extends { readonly schema: infer Schema extends z.ZodType }
          ? z.output<Schema>
          : never;
      };
    }[keyof R["answers"]]
  | TextAnswer;

/** The handlers of a function, one for each of its routes. */
export type RouteHandlers<Function extends RestFunction> = {
  readonly [O in OperationsOf<Function>]: (request: RouteRequest<Routes[O]>) => Promise<Outcome<Answer<Routes[O]>>>;
};

/**
 * Checks that need the whole request but no table, such as `If-Match` with several lines. The order of errors demands
 * that they run after the contract's validation and before a missing Idempotency-Key is refused.
 */
export type Checks<Function extends RestFunction> = {
  readonly [O in OperationsOf<Function>]?: (request: RouteRequest<Routes[O]>) => Refused | undefined;
};
