import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation/index.js";
import { TerraformOutput, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { type Operation, routes } from "../../contract/routes.ts";
import { RestApi } from "../api/rest-api.ts";
import { LambdaFunction, type LambdaFunctionProps, type Reach } from "../compute/lambda-function.ts";
import { OriginGuard } from "../edge/origin-guard.ts";
import type { SiteFile } from "../edge/site.ts";
import { Queue } from "../messaging/queue.ts";
import { type Edge, openEdge } from "./edge.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { type Events, openEvents } from "./events.ts";
import type { DatabaseUser, Foundation } from "./foundation.ts";
import type { Bundles, EnvironmentOf, FunctionName } from "./functions.ts";
import { type Live, openLive, type TokenVariables } from "./live.ts";
import type {
  CacheSettings,
  DatabaseSettings,
  EnvironmentSettings,
  IdentitySettings,
  ServiceSettings,
} from "./settings.ts";
import { watchService } from "./watch.ts";

export interface ServiceProps {
  readonly environment: EnvironmentSettings & {
    readonly foundation: { readonly database: DatabaseSettings; readonly cache: CacheSettings };
    readonly service: ServiceSettings;
  };
  readonly foundation: Foundation;
  readonly bundles: Bundles;
  /** Files of the console, as they are served. */
  readonly console: readonly SiteFile[];
}

/** Operations for machines and the curious: no token is looked at. */
const openOperations: readonly Operation[] = ["getHealth", "getOpenApi", "getAsyncApi"];
/** Where Lambda keeps the authorities of RDS certificates, which Node does not trust by itself. */
const awsAuthorities = "/var/runtime/ca-cert.pem";

type PropsOf<Name extends FunctionName, FunctionReach extends Reach> = Omit<
  LambdaFunctionProps<EnvironmentOf<Name>, FunctionReach>,
  "name" | "bundle" | "logDays"
>;

/** What can be made anew at any time: functions, API, queues, schedules. It reads the foundation, never the other way. */
export class Service extends EnvironmentStack {
  readonly #props: ServiceProps;
  readonly #foundation: Foundation;
  readonly #tokens: TokenVariables;
  readonly expiries: Queue;
  readonly events: Events;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, props.environment);
    this.#props = props;
    this.#foundation = props.foundation;
    this.#tokens = this.#tokenVariables(props.environment.service.identity);
    this.expiries = new Queue(this, "expiries", { name: this.named("expiry") });
    const migration = this.#migrate();
    const reports = this.#reports(migration);
    this.#ingest(migration);
    this.#refreshCache();
    this.events = this.#events(migration);
    this.#expire();
    const guard = new OriginGuard(this, "guard", { name: this.named("origin") });
    const live = this.#live(guard);
    const api = new RestApi(this, "api", {
      name: this.named("api"),
      description: "Holdfast REST API",
      routes,
      functions: {
        catalogue: this.#catalogue(migration),
        stock: this.#stock(),
        reservations: this.#reservations(),
        reports,
        "live-tickets": live.tickets,
        webhooks: this.events.webhooks,
        operations: this.#operations(migration),
      },
      authorizer: this.#authorizer(),
      open: openOperations,
      publicRoutes: props.environment.service.catalogueAccess,
    });
    this.#outputs(this.#edge({ api, live, guard }));
    watchService(this, { foundation: props.foundation, settings: props.environment.service.alarms });
  }

  #catalogue(migration: LambdaInvocation): LambdaFunction<EnvironmentOf<"catalogue">, "private"> {
    const { inventory, network, database } = this.#foundation;
    const fn = this.#function("catalogue", {
      description: "Items and locations",
      placement: { reach: "private", network },
      // Archiving waits for the existence caches to run out and looks again: up to 25 s.
      timeoutSeconds: 29,
      node: { NODE_EXTRA_CA_CERTS: awsAuthorities },
      after: [migration],
      environment: {
        ...this.#common("catalogue"),
        ...this.#cache(),
        INVENTORY_TABLE: inventory.name,
        ...this.#database("app_reader"),
        CATALOGUE_ACCESS: this.#props.environment.service.catalogueAccess,
      },
    });
    inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byLocation", "byType");
    inventory.grantWrite(fn, "PutItem");
    database.allowConnect(fn, "app_reader");
    this.#foundation.cache.allowConnect(fn);
    return fn;
  }

  #stock(): LambdaFunction<EnvironmentOf<"stock">, "private"> {
    const { inventory, requests, network } = this.#foundation;
    const fn = this.#function("stock", {
      description: "Levels, policies and movements",
      placement: { reach: "private", network },
      memoryMb: 1_024,
      environment: {
        ...this.#common("stock"),
        ...this.#cache(),
        INVENTORY_TABLE: inventory.name,
        REQUESTS_TABLE: requests.name,
      },
    });
    inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byLocation");
    inventory.grantWrite(fn, "UpdateItem");
    requests.grantRead(fn, ["GetItem"]);
    requests.grantWrite(fn, "PutItem");
    this.#foundation.cache.allowConnect(fn);
    return fn;
  }

  #reservations(): LambdaFunction<EnvironmentOf<"reservations">, "private"> {
    const { inventory, requests, network } = this.#foundation;
    const fn = this.#function("reservations", {
      description: "Reservations from hold to fulfil",
      placement: { reach: "private", network },
      memoryMb: 1_024,
      environment: {
        ...this.#common("reservations"),
        ...this.#cache(),
        INVENTORY_TABLE: inventory.name,
        REQUESTS_TABLE: requests.name,
        EXPIRY_QUEUE_URL: this.expiries.url,
        EVENT_BUS: this.events.bus.name,
      },
    });
    this.events.bus.grantPublish(fn);
    inventory.grantRead(fn, ["GetItem", "BatchGetItem", "Query"], "byOwner");
    inventory.grantWrite(fn, "PutItem", "UpdateItem");
    requests.grantRead(fn, ["GetItem"]);
    requests.grantWrite(fn, "PutItem");
    this.expiries.grantSend(fn);
    this.#foundation.cache.allowConnect(fn);
    return fn;
  }

  #reports(migration: LambdaInvocation): LambdaFunction<EnvironmentOf<"reports">, "private"> {
    const { database, network } = this.#foundation;
    const fn = this.#function("reports", {
      description: "Reports and the ledger, from PostgreSQL",
      placement: { reach: "private", network },
      timeoutSeconds: 29,
      node: { NODE_EXTRA_CA_CERTS: awsAuthorities },
      after: [migration],
      environment: { ...this.#common("reports"), ...this.#database("app_reader"), ...this.#cache() },
    });
    database.allowConnect(fn, "app_reader");
    this.#foundation.cache.allowConnect(fn);
    return fn;
  }

  /** Made last: it looks at every queue of the stack. */
  #operations(migration: LambdaInvocation): LambdaFunction<EnvironmentOf<"operations">, "private"> {
    const { database, network } = this.#foundation;
    const queues = this.node.findAll().filter((construct) => construct instanceof Queue);
    const addresses = queues.map(({ name, url, deadEnds }) => ({
      name: name.slice(this.named("").length),
      url,
      deadLetterUrls: deadEnds.map((queue) => queue.url),
    }));
    const fn = this.#function("operations", {
      description: "How the system does: queues, feeds, gaps",
      placement: { reach: "private", network },
      timeoutSeconds: 15,
      node: { NODE_EXTRA_CA_CERTS: awsAuthorities },
      after: [migration],
      environment: {
        ...this.#common("operations"),
        ...this.#database("app_reader"),
        ...this.#cache(),
        QUEUES: JSON.stringify(addresses),
      },
    });
    for (const queue of queues) queue.grantInspect(fn);
    database.allowConnect(fn, "app_reader");
    this.#foundation.cache.allowConnect(fn);
    return fn;
  }

  #authorizer(): LambdaFunction<EnvironmentOf<"authorizer">, "public"> {
    return this.#function("authorizer", {
      description: "Judges the token of a request",
      placement: { reach: "public" },
      timeoutSeconds: 5,
      environment: { ...this.#common("authorizer"), ...this.#tokens },
    });
  }

  #live(guard: OriginGuard): Live {
    return openLive(this, {
      guard,
      name: this.named("live"),
      foundation: this.#foundation,
      make: (name, props) => this.#function(name, props),
      common: (name) => this.#common(name),
      tokens: this.#tokens,
      cacheVariables: this.#cache(),
      access: this.#props.environment.service.liveAccess ?? "tickets",
    });
  }

  #edge(behind: { readonly api: RestApi; readonly live: Live; readonly guard: OriginGuard }): Edge {
    const { environment, console: files } = this.#props;
    return openEdge(this, {
      named: (part) => this.named(part),
      account: new DataAwsCallerIdentity(this, "account").accountId,
      api: behind.api,
      liveUrl: behind.live.url,
      guard: behind.guard,
      files,
      issuer: this.#tokens.JWT_ISSUER,
      settings: environment.service.edge,
      console: environment.service.console,
    });
  }

  /** Reservations past their deadline: by a delayed message each, and by a sweep that finds what messages missed. */
  #expire(): void {
    const { inventory, requests, network } = this.#foundation;
    const tables = { INVENTORY_TABLE: inventory.name, REQUESTS_TABLE: requests.name };
    const worker = this.#function("expiry", {
      description: "Expires a reservation when its message comes",
      placement: { reach: "private", network },
      timeoutSeconds: 30,
      environment: { ...this.#common("expiry"), ...tables, EXPIRY_QUEUE_URL: this.expiries.url },
    });
    this.expiries.consumedBy(worker);
    this.expiries.grantSend(worker);
    const sweep = this.#function("expiry-sweep", {
      description: "Finds reservations past their deadline that no message expired",
      placement: { reach: "private", network },
      timeoutSeconds: 55,
      environment: { ...this.#common("expiry-sweep"), ...tables },
    });
    sweep.onSchedule("every-minute", { expression: "rate(1 minute)" });
    inventory.grantRead(worker, ["GetItem"]);
    inventory.grantRead(sweep, ["GetItem"], "byDeadline");
    for (const fn of [worker, sweep]) {
      inventory.grantWrite(fn, "PutItem", "UpdateItem");
      requests.grantRead(fn, ["GetItem"]);
      requests.grantWrite(fn, "PutItem");
    }
    // Its cursor.
    requests.grantWrite(sweep, "UpdateItem");
  }

  /** Changes of the inventory table into PostgreSQL. */
  #ingest(migration: LambdaInvocation): void {
    const { changes, quarantine, database, network } = this.#foundation;
    const fn = this.#function("etl", {
      description: "Ledger and levels into PostgreSQL",
      placement: { reach: "private", network },
      timeoutSeconds: 60,
      memoryMb: 1_024,
      node: { NODE_EXTRA_CA_CERTS: awsAuthorities },
      after: [migration],
      environment: { ...this.#common("etl"), ...this.#database("etl"), QUARANTINE_BUCKET: quarantine.name },
    });
    database.allowConnect(fn, "etl");
    quarantine.grantWrite(fn);
    changes.consumedBy(fn, { onFailure: quarantine, batchSize: 1_000, batchSeconds: 1 });
  }

  #events(migration: LambdaInvocation): Events {
    return openEvents(this, {
      named: (name) => this.named(name),
      foundation: this.#foundation,
      make: (name, props) => this.#function(name, props),
      common: (name) => this.#common(name),
      connection: (user) => this.#database(user),
      mail: this.#props.environment.service.mail,
      webhookTargets: this.#props.environment.service.webhookTargets ?? "public",
      cacheVariables: this.#cache(),
      database: { after: [migration], node: { NODE_EXTRA_CA_CERTS: awsAuthorities } },
    });
  }

  /** Changes of levels into their copies in the cache. */
  #refreshCache(): void {
    const { changes, quarantine, cache, network } = this.#foundation;
    const fn = this.#function("cache-refresher", {
      description: "Changes of levels into the cache",
      placement: { reach: "private", network },
      timeoutSeconds: 60,
      environment: { ...this.#common("cache-refresher"), ...this.#cache() },
    });
    cache.allowConnect(fn);
    changes.consumedBy(fn, {
      onFailure: quarantine,
      batchSize: 1_000,
      filters: [{ data: { dynamodb: { NewImage: { type: { S: ["level"] } } } } }],
    });
  }

  /** Brings the database to this version of the code; what touches PostgreSQL comes after. */
  #migrate(): LambdaInvocation {
    const { database, network } = this.#foundation;
    const { DATABASE_USER: _, ...address } = this.#database("etl");
    const fn = this.#function("migrator", {
      description: "Migrates the database and makes partitions ahead",
      placement: { reach: "private", network },
      timeoutSeconds: 300,
      node: { NODE_EXTRA_CA_CERTS: awsAuthorities },
      environment: {
        ...this.#common("migrator"),
        ...address,
        DATABASE_HOST: database.cluster.endpoint,
        DATABASE_SECRET_ARN: database.masterSecretArn,
      },
    });
    database.allowAdministration(fn);
    // Partitions are made months ahead; the hour is for the gaps that it counts.
    fn.onSchedule("partitions", { expression: "rate(1 hour)", input: { action: "partitions" }, retryCount: 2 });
    return new LambdaInvocation(this, "migration", {
      functionName: fn.fn.functionName,
      input: JSON.stringify({ action: "migrate" }),
      triggers: {
        migrations: this.#props.bundles.migrator.folderSha256.migrations ?? "none",
        database: database.cluster.clusterResourceId,
      },
    });
  }

  #outputs(edge: Edge): void {
    const { inventory, requests, archive, quarantine, changes, database } = this.#foundation;
    const tls = this.#props.environment.foundation.database.tls;
    const address = `${database.cluster.readerEndpoint}:${database.port}/${database.databaseName}`;
    const outputs = {
      endpoints: {
        ...edge.addresses,
        postgres: `postgresql://reporter@${address}${tls === "verify" ? "?sslmode=verify-full" : ""}`,
      },
      edge_domain: edge.domainName,
      inventory_table: inventory.name,
      requests_table: requests.name,
      archive_bucket: archive.name,
      quarantine_bucket: quarantine.name,
      expiry_queue_url: this.expiries.url,
      changes_stream: changes.name,
      event_bus: this.events.bus.name,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }

  #function<Name extends FunctionName, FunctionReach extends Reach>(
    name: Name,
    props: PropsOf<Name, FunctionReach>,
  ): LambdaFunction<EnvironmentOf<Name>, FunctionReach> {
    return new LambdaFunction<EnvironmentOf<Name>, FunctionReach>(this, name, {
      ...props,
      name: this.named(name),
      bundle: this.#props.bundles[name],
      logDays: this.#props.environment.service.log.days,
    });
  }

  #common(name: FunctionName) {
    const { name: environment, service } = this.#props.environment;
    return { ENVIRONMENT: environment, LOG_LEVEL: service.log.level, POWERTOOLS_SERVICE_NAME: name };
  }

  #cache() {
    const { cache } = this.#foundation;
    return {
      CACHE_HOST: cache.host,
      CACHE_PORT: cache.port,
      CACHE_TLS: this.#props.environment.foundation.cache.tls,
    };
  }

  #database(user: DatabaseUser) {
    const { database } = this.#foundation;
    return {
      DATABASE_HOST: database.proxy.endpoint,
      DATABASE_PORT: database.port,
      DATABASE_NAME: database.databaseName,
      DATABASE_USER: user,
      DATABASE_TLS: this.#props.environment.foundation.database.tls,
    };
  }

  /** Whose tokens are accepted. */
  #tokenVariables({ issuer, audience, scopePrefix }: IdentitySettings): TokenVariables {
    const address = typeof issuer === "string" ? issuer : this.#issuer(issuer);
    return {
      JWT_ISSUER: address,
      JWT_JWKS_URL: `${address}/.well-known/jwks.json`,
      JWT_AUDIENCE: audience,
      JWT_SCOPE_PREFIX: scopePrefix,
    };
  }

  #issuer({ variable }: { readonly variable: string }): string {
    const description = "Issuer of tokens: the address below which /.well-known/jwks.json is";
    return new TerraformVariable(this, variable, { type: "string", description }).stringValue;
  }
}
