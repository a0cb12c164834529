import type { z } from "zod";
import type { ProblemCode } from "./problem.ts";
import type { Scope } from "./scope.ts";

/** Throttling and rate limits are set by class, in requests per second. */
export const routeClasses = {
  read: { ratePerSecond: 2_000, burst: 4_000 },
  command: { ratePerSecond: 1_000, burst: 2_000 },
  report: { ratePerSecond: 20, burst: 40 },
  ticket: { ratePerSecond: 10, burst: 20 },
} as const;
export type RouteClass = keyof typeof routeClasses;

/** The functions that serve REST, one folder each in `handlers/`. */
export type RestFunction =
  | "catalogue"
  | "stock"
  | "reservations"
  | "reports"
  | "operations"
  | "live-tickets"
  | "webhooks";

/** `public` routes take a token or none (a bad one is refused); deployments may make the catalogue private. */
export type Access = { readonly kind: "public" } | { readonly kind: "scope"; readonly scope: Scope };

export interface Route {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Below the base `/v1`, with `{parameters}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly function: RestFunction;
  readonly class: RouteClass;
  readonly access: Access;
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Content types taken besides application/json. */
  readonly bodyTypes?: readonly string[];
  /** Every POST needs `Idempotency-Key`, but for tickets: one that was never used runs out by itself. */
  readonly idempotencyKey?: true;
  /** Takes `If-Match`. */
  readonly ifMatch?: true;
  /** Answers with `ETag` and takes `If-None-Match`. */
  readonly etag?: true;
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema: z.ZodType }>>;
  /** Codes this route can refuse with, besides those of every route. */
  readonly problems: readonly ProblemCode[];
}

/** Parsed and typed input of a route. */
export type RouteParameters<R extends Route> = R["parameters"] extends z.ZodType
  ? z.output<R["parameters"]>
  : undefined;
export type RouteQuery<R extends Route> = R["query"] extends z.ZodType ? z.output<R["query"]> : undefined;
export type RouteBody<R extends Route> = R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
