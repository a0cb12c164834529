import type { z } from "zod";
import type { EventType } from "./event.ts";
import type { ProblemCode } from "./problem.ts";
import type { RateLimitName } from "./rate-limit.ts";
import type { Scope } from "./scope.ts";

/** Who may call a route. */
export type Access =
  /** A caller with or without a token. The API refuses a bad token. A deployment may require a token here too. */
  | { readonly kind: "public" }
  /** A caller with a token that holds the scope. */
  | { readonly kind: "scope"; readonly scope: Scope };

/** Access to a public route. */
export const anyone = { kind: "public" } as const;
/** Access with a token that holds `scope`. */
export const withScope = <S extends Scope>(scope: S) => ({ kind: "scope", scope }) as const;

/** The reason why other systems do not need to know about a change. */
interface AnnouncesNothing {
  readonly nothing: string;
}

interface RouteBase {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** The path below the base `/v1`, with `{parameters}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The function that serves the route, named by its folder in `handlers/`. */
  readonly function: string;
  /** The rate limit of the route: a key of `rateLimits`. */
  readonly rateLimit: RateLimitName;
  readonly access: Access;
  /** Schema of the `{parameters}` of the path. Absent when the path has none. */
  readonly parameters?: z.ZodObject;
  /** Schema of the query. When it is absent, the API refuses every query parameter. */
  readonly query?: z.ZodObject;
  /** Schema of the JSON body. When it is absent, the API reads no body. */
  readonly body?: z.ZodType;
  /** Content types accepted besides application/json. */
  readonly bodyTypes?: readonly string[];
  /** Every POST needs `Idempotency-Key`, except the one for tickets: an unused ticket expires. */
  readonly idempotencyKey?: true;
  /** Whether the route accepts `If-Match`. */
  readonly ifMatch?: true;
  /** Whether the route answers with `ETag` and accepts `If-None-Match`. */
  readonly etag?: true;
  /** The answers that are not problems, by status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema: z.ZodType }>>;
  /** The codes with which the route can refuse, besides the codes of every route. */
  readonly problems: readonly ProblemCode[];
}

/** A route that changes no stock, reservation, catalogue or webhook. */
interface ReadRoute extends RouteBase {
  readonly kind: "read";
  /** Present only on a read that is not a GET. */
  readonly announces?: AnnouncesNothing;
}

/** A route that changes something. Metrics have its operation and outcome. It refuses `If-Match` without `ifMatch`. */
interface CommandRoute extends RouteBase {
  readonly kind: "command";
  /**
   * The events that the change raises. The list does not contain StockFellShort, which a count may add, or
   * ReservationRefused, which reports a hold that changed nothing.
   */
  readonly announces: readonly [EventType, ...EventType[]] | AnnouncesNothing;
}

/** One method and path of the API. */
export type Route = ReadRoute | CommandRoute;

/** The parsed path parameters. */
export type RouteParameters<R extends Route> = R["parameters"] extends z.ZodType
  ? z.output<R["parameters"]>
  : undefined;
/** The parsed query, with defaults. */
export type RouteQuery<R extends Route> = R["query"] extends z.ZodType ? z.output<R["query"]> : undefined;
/** The parsed body, with defaults. */
export type RouteBody<R extends Route> = R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
