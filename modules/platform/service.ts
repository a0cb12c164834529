import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { OriginGuard } from "../edge/origin-guard.ts";
import type { SiteFile } from "../edge/site.ts";
import type { Queue } from "../messaging/queue.ts";
import { type Edge, openEdge } from "./edge.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { type Events, openEvents } from "./events.ts";
import { openExpiry } from "./expiry.ts";
import { openFeeds } from "./feeds.ts";
import { FunctionFactory, type FunctionFactoryProps } from "./function-factory.ts";
import { openLive } from "./live.ts";
import { migrateDatabase } from "./migration.ts";
import { openRest } from "./rest.ts";
import { watchService } from "./watch.ts";

export interface ServiceProps extends FunctionFactoryProps {
  /** Files of the console, as the edge serves them. */
  readonly console: readonly SiteFile[];
}

/**
 * The stack that can be destroyed and made again at any time: functions, APIs, queues, schedules, the edge. It refers
 * to the foundation; the foundation never refers to it.
 * @example
 * const foundation = new Foundation(app, `${environment.name}-foundation`, environment);
 * new Service(app, `${environment.name}-service`, { environment, foundation, bundles, console: [] });
 */
export class Service extends EnvironmentStack {
  readonly #props: ServiceProps;
  readonly expiries: Queue;
  readonly events: Events;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, props.environment);
    this.#props = props;
    const factory = new FunctionFactory(this, props);
    migrateDatabase(factory);
    openFeeds(factory);
    this.expiries = openExpiry(factory);
    this.events = openEvents(factory);
    const { bus, webhooks } = this.events;
    const guard = new OriginGuard(this, "guard", { name: this.named("origin") });
    const live = openLive(factory, guard);
    const api = openRest(factory, { bus, webhooks, expiries: this.expiries, tickets: live.tickets });
    this.#outputs(openEdge(factory, { api, guard, liveUrl: live.url, files: props.console }));
    watchService(factory);
  }

  #outputs(edge: Edge): void {
    const { environment, foundation } = this.#props;
    const { inventory, requests, archive, quarantine, changes, database } = foundation;
    const address = `${database.cluster.readerEndpoint}:${database.port}/${database.databaseName}`;
    const query = environment.foundation.database.tls === "verify" ? "?sslmode=verify-full" : "";
    const outputs = {
      endpoints: { ...edge.addresses, postgres: `postgresql://reporter@${address}${query}` },
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
}
