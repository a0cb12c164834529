import type { AuthorizerEnvironment } from "../../handlers/authorizer/environment.ts";
import type { CacheRefresherEnvironment } from "../../handlers/cache-refresher/environment.ts";
import type { CatalogueEnvironment } from "../../handlers/catalogue/environment.ts";
import type { EtlEnvironment } from "../../handlers/etl/environment.ts";
import type { ExpiryEnvironment } from "../../handlers/expiry/environment.ts";
import type { ExpirySweepEnvironment } from "../../handlers/expiry-sweep/environment.ts";
import type { LiveAuthorizerEnvironment } from "../../handlers/live-authorizer/environment.ts";
import type { LiveBroadcasterEnvironment } from "../../handlers/live-broadcaster/environment.ts";
import type { LiveSessionEnvironment } from "../../handlers/live-session/environment.ts";
import type { LiveTicketsEnvironment } from "../../handlers/live-tickets/environment.ts";
import type { LowStockEnvironment } from "../../handlers/low-stock/environment.ts";
import type { MailEnvironment } from "../../handlers/mail/environment.ts";
import type { MigratorEnvironment } from "../../handlers/migrator/environment.ts";
import type { OperationsEnvironment } from "../../handlers/operations/environment.ts";
import type { PublisherEnvironment } from "../../handlers/publisher/environment.ts";
import type { ReportsEnvironment } from "../../handlers/reports/environment.ts";
import type { ReservationsEnvironment } from "../../handlers/reservations/environment.ts";
import type { SearchIndexerEnvironment } from "../../handlers/search-indexer/environment.ts";
import type { StockEnvironment } from "../../handlers/stock/environment.ts";
import type { WebhookDeliveryEnvironment } from "../../handlers/webhook-delivery/environment.ts";
import type { WebhooksEnvironment } from "../../handlers/webhooks/environment.ts";
import type { Bundle } from "../compute/bundle.ts";

/** The functions of the platform, each with the environment that its code declares. */
export interface FunctionEnvironments {
  authorizer: AuthorizerEnvironment;
  catalogue: CatalogueEnvironment;
  stock: StockEnvironment;
  reservations: ReservationsEnvironment;
  reports: ReportsEnvironment;
  operations: OperationsEnvironment;
  "live-tickets": LiveTicketsEnvironment;
  "live-authorizer": LiveAuthorizerEnvironment;
  "live-session": LiveSessionEnvironment;
  "live-broadcaster": LiveBroadcasterEnvironment;
  expiry: ExpiryEnvironment;
  "expiry-sweep": ExpirySweepEnvironment;
  etl: EtlEnvironment;
  "cache-refresher": CacheRefresherEnvironment;
  publisher: PublisherEnvironment;
  migrator: MigratorEnvironment;
  "search-indexer": SearchIndexerEnvironment;
  "low-stock": LowStockEnvironment;
  mail: MailEnvironment;
  webhooks: WebhooksEnvironment;
  "webhook-delivery": WebhookDeliveryEnvironment;
}
export type FunctionName = keyof FunctionEnvironments;

/** Built code of every function, carrying the type of its environment. */
export type Bundles = { readonly [Name in FunctionName]: Bundle<FunctionEnvironments[Name]> };

/** Where the code of a function is, from the root of the repository. */
export interface FunctionSource {
  readonly entry: string;
  /** Folders put into the zip beside the code, by their name there. */
  readonly folders?: Readonly<Record<string, string>>;
}

export const functionSources: { readonly [Name in FunctionName]: FunctionSource } = {
  authorizer: { entry: "handlers/authorizer/lambda.ts" },
  catalogue: { entry: "handlers/catalogue/lambda.ts" },
  stock: { entry: "handlers/stock/lambda.ts" },
  reservations: { entry: "handlers/reservations/lambda.ts" },
  reports: { entry: "handlers/reports/lambda.ts" },
  operations: { entry: "handlers/operations/lambda.ts" },
  "live-tickets": { entry: "handlers/live-tickets/lambda.ts" },
  "live-authorizer": { entry: "handlers/live-authorizer/lambda.ts" },
  "live-session": { entry: "handlers/live-session/lambda.ts" },
  "live-broadcaster": { entry: "handlers/live-broadcaster/lambda.ts" },
  expiry: { entry: "handlers/expiry/lambda.ts" },
  "expiry-sweep": { entry: "handlers/expiry-sweep/lambda.ts" },
  etl: { entry: "handlers/etl/lambda.ts" },
  "cache-refresher": { entry: "handlers/cache-refresher/lambda.ts" },
  publisher: { entry: "handlers/publisher/lambda.ts" },
  "search-indexer": { entry: "handlers/search-indexer/lambda.ts" },
  "low-stock": { entry: "handlers/low-stock/lambda.ts" },
  mail: { entry: "handlers/mail/lambda.ts" },
  webhooks: { entry: "handlers/webhooks/lambda.ts" },
  "webhook-delivery": { entry: "handlers/webhook-delivery/lambda.ts" },
  migrator: { entry: "handlers/migrator/lambda.ts", folders: { migrations: "sql/migrations" } },
};
