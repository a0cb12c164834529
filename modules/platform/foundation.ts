import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import type { Construct } from "constructs";
import { Bucket } from "../data/bucket.ts";
import { Cache } from "../data/cache.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { Postgres } from "../data/postgres.ts";
import type { Table } from "../data/table.ts";
import { Network } from "../network/network.ts";
import { Archive } from "../streaming/archive.ts";
import { ChangeStream } from "../streaming/change-stream.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import type { EnvironmentSettings, FoundationSettings } from "./settings.ts";
import { type InventoryIndex, type KeptProps, makeTables } from "./tables.ts";

const databaseUsers = ["etl", "app_reader", "indexer"] as const;
export type DatabaseUser = (typeof databaseUsers)[number];

export interface FoundationProps extends EnvironmentSettings {
  readonly foundation: FoundationSettings;
}

/**
 * The stack with all state: network, tables, streams, archive, database, cache. It does not refer to the service stack.
 * @example
 * new Foundation(app, `${environment.name}-foundation`, environment);
 */
export class Foundation extends EnvironmentStack {
  readonly network: Network;
  readonly inventory: Table<InventoryIndex>;
  readonly requests: Table;
  /** Live connections, their subscriptions, and their tickets. */
  readonly connections: Table;
  /** For each level with a threshold: whether it is low, and since which version. */
  readonly alerts: Table;
  /** Powertools records here which mails and webhooks were sent, so that none is sent twice. */
  readonly idempotency: Table;
  /** Webhooks, with the secrets that sign their deliveries. */
  readonly webhooks: Table;
  readonly changes: ChangeStream;
  readonly archive: Bucket;
  /** Stream records that a function could not handle. */
  readonly quarantine: Bucket;
  readonly database: Postgres<DatabaseUser>;
  readonly cache: Cache;

  constructor(scope: Construct, id: string, props: FoundationProps) {
    super(scope, id, props);
    const { foundation } = props;
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    const kept = this.#kept(props, account);
    this.network = new Network(this, "network", {
      name: this.named("network"),
      region: props.region,
      ...foundation.network,
    });
    const tables = makeTables(this, { kept, account });
    this.inventory = tables.inventory;
    this.requests = tables.requests;
    this.connections = tables.connections;
    this.alerts = tables.alerts;
    this.idempotency = tables.idempotency;
    this.webhooks = tables.webhooks;
    this.changes = new ChangeStream(this, "changes", { name: this.named("changes") });
    this.inventory.flowsTo(this.changes);
    this.archive = this.#archive(foundation, account);
    this.quarantine = new Bucket(this, "quarantine", {
      name: this.named(`quarantine-${account}`),
      protection: foundation.protection,
    });
    this.database = this.#database(foundation, kept, account);
    this.cache = new Cache(this, "cache", {
      name: this.named("cache"),
      network: this.network,
      nodeType: foundation.cache.nodeType,
      nodeCount: foundation.cache.nodeCount,
      ...(kept.encryptionKey && { encryptionKey: kept.encryptionKey }),
    });
  }

  #kept({ region, foundation: { protection, encryption } }: FoundationProps, account: string): KeptProps {
    const encryptionKey =
      encryption === "customer"
        ? new EncryptionKey(this, "key", {
            name: this.named("data"),
            description: "Tables and database of Holdfast",
            account,
            protection,
          })
        : undefined;
    return { region, protection, encryptionKey };
  }

  /** Every change of the stream, in files on S3. */
  #archive({ protection, archive }: FoundationSettings, account: string): Bucket {
    const bucket = new Bucket(this, "archive", {
      name: this.named(`archive-${account}`),
      infrequentAfterDays: archive.infrequentAfterDays,
      protection,
    });
    new Archive(this, "archiving", {
      name: this.named("archive"),
      account,
      source: this.changes,
      bucket,
      fileSecondsMax: archive.fileSecondsMax,
    });
    return bucket;
  }

  #database({ database }: FoundationSettings, kept: KeptProps, account: string): Postgres<DatabaseUser> {
    return new Postgres(this, "database", {
      ...kept,
      name: this.named("database"),
      account,
      network: this.network,
      databaseName: "holdfast",
      engineVersion: database.engineVersion,
      capacity: database.capacity,
      instanceCount: database.instanceCount,
      users: databaseUsers,
    });
  }
}
