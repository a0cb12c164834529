import type { z } from "zod";
import type { Route, RouteBody, RouteParameters, RouteQuery } from "../../../contract/route.ts";
import type { Operation, RestFunction, Routes } from "../../../contract/routes.ts";
import type { CommandContext, Outcome, Refused } from "../../inventory/index.ts";
import type { Principal } from "./principal.ts";

/** The routes of the route table that a function serves. */
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
  /** The version of `If-Match`; 0 stands for "not made yet". */
  readonly ifMatch: number | undefined;
  /** What a command carries; its idempotency is set on routes that take a key. */
  readonly context: CommandContext;
}

interface AnswerHeaders {
  /** A complete entity tag: `versionTag(version)` or a weak hash. */
  readonly etag?: string;
  /** `private, no-store` unless given. */
  readonly cacheControl?: string;
}

/** A body that is text already: CSV, or JSON made in advance. */
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

/** What a function does for each of its routes. */
export type RouteHandlers<Function extends RestFunction> = {
  readonly [O in OperationsOf<Function>]: (request: RouteRequest<Routes[O]>) => Promise<Outcome<Answer<Routes[O]>>>;
};

/**
 * Rules that need the whole request and no table, such as `If-Match` with several lines. They run after the contract's
 * validation and before a missing Idempotency-Key is refused, as the order of errors demands.
 */
export type Checks<Function extends RestFunction> = {
  readonly [O in OperationsOf<Function>]?: (request: RouteRequest<Routes[O]>) => Refused | undefined;
};
