import type { z } from "zod";
import type { EventType } from "./event.ts";
import type { ProblemCode } from "./problem.ts";
import type { RateLimitName } from "./rate-limit.ts";
import type { Scope } from "./scope.ts";

/** Who may call a route. */
export type Access =
  /** With a token or without; a bad token is refused. A deployment may demand a token here too. */
  | { readonly kind: "public" }
  /** With a token that holds the scope. */
  | { readonly kind: "scope"; readonly scope: Scope };

/** Access to a public route. */
export const anyone = { kind: "public" } as const;
/** Access with a token that holds `scope`. */
export const withScope = <S extends Scope>(scope: S) => ({ kind: "scope", scope }) as const;

/** Why a change is of no interest to other systems. */
interface AnnouncesNothing {
  readonly nothing: string;
}

interface RouteBase {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Below the base `/v1`, with `{parameters}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The function that serves it, by its folder in `handlers/`. */
  readonly function: string;
  /** How often it may be called: an entry of `rateLimits`. */
  readonly rateLimit: RateLimitName;
  readonly access: Access;
  /** Schema of the `{parameters}` of the path. Absent: the path has none. */
  readonly parameters?: z.ZodObject;
  /** Schema of the query. Absent: every query parameter is refused. */
  readonly query?: z.ZodObject;
  /** Schema of the JSON body. Absent: no body is read. */
  readonly body?: z.ZodType;
  /** Content types taken besides application/json. */
  readonly bodyTypes?: readonly string[];
  /** Every POST needs `Idempotency-Key`, except the one for tickets: a ticket that was never used expires by itself. */
  readonly idempotencyKey?: true;
  /** Takes `If-Match`. */
  readonly ifMatch?: true;
  /** Answers with `ETag` and takes `If-None-Match`. */
  readonly etag?: true;
  /** The answers other than problems, by status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema: z.ZodType }>>;
  /** Codes that it can refuse with, besides those of every route. */
  readonly problems: readonly ProblemCode[];
}

/** Changes no stock, reservation, catalogue or webhook. */
interface ReadRoute extends RouteBase {
  readonly kind: "read";
  /** Only on a read that is no GET. */
  readonly announces?: AnnouncesNothing;
}

/** Changes something: it is measured by operation and outcome, and refuses an `If-Match` that it does not take. */
interface CommandRoute extends RouteBase {
  readonly kind: "command";
  /**
   * The events that its change makes. StockFellShort, which a count may add, and ReservationRefused, which tells of a
   * hold that changed nothing, are not among them.
   */
  readonly announces: readonly [EventType, ...EventType[]] | AnnouncesNothing;
}

/** One method and path of the API. */
export type Route = ReadRoute | CommandRoute;

/** The path's parameters as parsed. */
export type RouteParameters<R extends Route> = R["parameters"] extends z.ZodType
  ? z.output<R["parameters"]>
  : undefined;
/** The query as parsed, with defaults. */
export type RouteQuery<R extends Route> = R["query"] extends z.ZodType ? z.output<R["query"]> : undefined;
/** The body as parsed, with defaults. */
export type RouteBody<R extends Route> = R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
