import type { z } from "zod";
import type { Bundle } from "../compute/bundle.ts";
import type { FunctionVariables } from "../compute/lambda-function.ts";

/** What the bundler and the compiler need for a function, besides its name. */
export interface FunctionEntry<Environment extends FunctionVariables = FunctionVariables> {
  /** Folders that the zip contains besides the code: their name in the zip, and their path in the repository. */
  readonly folders: Readonly<Record<string, string>>;
  /** Never set: it only carries the type of the environment that the code declares. */
  readonly environment?: Environment;
}

/** The export of a function's `environment.ts`: the schema with which the code parses its variables. */
interface EnvironmentModule {
  readonly Environment: z.ZodType<unknown, FunctionVariables>;
}

/** Makes an entry. The module is only a type parameter, so no code of `handlers/` is loaded here. */
const entry = <Module extends EnvironmentModule>(
  folders: FunctionEntry["folders"] = {},
): FunctionEntry<z.input<Module["Environment"]>> => ({ folders });

/**
 * Every function of the platform. The name is that of its folder in `handlers/`, which contains `lambda.ts` and
 * `environment.ts`. The dashboard shows the functions in this order.
 */
export const functions = {
  migrator: entry<typeof import("../../handlers/migrator/environment.ts")>({ migrations: "sql/migrations" }),
  reports: entry<typeof import("../../handlers/reports/environment.ts")>(),
  etl: entry<typeof import("../../handlers/etl/environment.ts")>(),
  "cache-refresher": entry<typeof import("../../handlers/cache-refresher/environment.ts")>(),
  publisher: entry<typeof import("../../handlers/publisher/environment.ts")>(),
  "search-indexer": entry<typeof import("../../handlers/search-indexer/environment.ts")>(),
  "low-stock": entry<typeof import("../../handlers/low-stock/environment.ts")>(),
  mail: entry<typeof import("../../handlers/mail/environment.ts")>(),
  webhooks: entry<typeof import("../../handlers/webhooks/environment.ts")>(),
  "webhook-delivery": entry<typeof import("../../handlers/webhook-delivery/environment.ts")>(),
  expiry: entry<typeof import("../../handlers/expiry/environment.ts")>(),
  "expiry-sweep": entry<typeof import("../../handlers/expiry-sweep/environment.ts")>(),
  "live-tickets": entry<typeof import("../../handlers/live-tickets/environment.ts")>(),
  "live-authorizer": entry<typeof import("../../handlers/live-authorizer/environment.ts")>(),
  "live-session": entry<typeof import("../../handlers/live-session/environment.ts")>(),
  "live-broadcaster": entry<typeof import("../../handlers/live-broadcaster/environment.ts")>(),
  catalogue: entry<typeof import("../../handlers/catalogue/environment.ts")>(),
  stock: entry<typeof import("../../handlers/stock/environment.ts")>(),
  reservations: entry<typeof import("../../handlers/reservations/environment.ts")>(),
  operations: entry<typeof import("../../handlers/operations/environment.ts")>(),
  authorizer: entry<typeof import("../../handlers/authorizer/environment.ts")>(),
} as const satisfies Readonly<Record<string, FunctionEntry>>;

export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** The built code of each function, with the type of its environment. */
export type BundlesOf<Entries extends Readonly<Record<string, FunctionEntry>>> = {
  readonly [Name in keyof Entries]: Entries[Name] extends FunctionEntry<infer Environment>
    ? Bundle<Environment>
    : never;
};
export type Bundles = BundlesOf<typeof functions>;
/** The variables that the code of a function declares. */
export type EnvironmentOf<Name extends FunctionName> = NonNullable<(typeof functions)[Name]["environment"]>;
