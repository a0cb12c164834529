import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import type { Construct } from "constructs";
import { Bucket } from "../data/bucket.ts";
import { Cache } from "../data/cache.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { Postgres } from "../data/postgres.ts";
import { Table } from "../data/table.ts";
import { Network } from "../network/network.ts";
import { Archive } from "../streaming/archive.ts";
import { ChangeStream } from "../streaming/change-stream.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import type { EnvironmentSettings, FoundationSettings } from "./settings.ts";

const ttlAttribute = "ttl";
/** Indexes that lists and workers query. Their keys do not change when a quantity changes. */
const inventoryIndexes = {
  byLocation: { partitionKey: "location", sortKey: "sku" },
  byOwner: { partitionKey: "owner", sortKey: "ownerOrder" },
  byDeadline: { partitionKey: "deadlineShard", sortKey: "deadlineOrder" },
  byType: { partitionKey: "listShard", sortKey: "listOrder" },
} as const;
export type InventoryIndex = keyof typeof inventoryIndexes;
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
    const { region } = props;
    const { protection, encryption, archive } = props.foundation;
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    const encryptionKey =
      encryption === "customer"
        ? new EncryptionKey(this, "key", {
            name: this.named("data"),
            description: "Tables and database of Holdfast",
            account,
            protection,
          })
        : undefined;
    const kept = { region, protection, encryptionKey };

    this.network = new Network(this, "network", { name: this.named("network"), region, ...props.foundation.network });
    this.inventory = new Table(this, "inventory", {
      ...kept,
      name: this.named("inventory"),
      partitionKey: "pk",
      sortKey: "sk",
      indexes: inventoryIndexes,
      ttlAttribute,
      stream: true,
    });
    this.requests = new Table(this, "requests", {
      ...kept,
      name: this.named("requests"),
      partitionKey: "pk",
      ttlAttribute,
    });
    this.connections = new Table(this, "connections", {
      ...kept,
      name: this.named("connections"),
      partitionKey: "pk",
      sortKey: "sk",
      ttlAttribute,
    });

    this.alerts = new Table(this, "alerts", {
      ...kept,
      name: this.named("alerts"),
      partitionKey: "pk",
      sortKey: "sk",
    });
    this.idempotency = new Table(this, "idempotency", {
      ...kept,
      name: this.named("idempotency"),
      partitionKey: "id",
      ttlAttribute: "expiration",
    });
    this.webhooks = new Table(this, "webhooks", {
      ...kept,
      name: this.named("webhooks"),
      partitionKey: "pk",
      sortKey: "sk",
      // The table contains secrets. A reader needs this key too, and it encrypts nothing else.
      encryptionKey: new EncryptionKey(this, "webhooks-key", {
        name: this.named("webhooks"),
        description: "Secrets of webhooks",
        account,
        protection,
      }),
    });

    this.changes = new ChangeStream(this, "changes", { name: this.named("changes") });
    this.inventory.flowsTo(this.changes);
    this.archive = new Bucket(this, "archive", {
      name: this.named(`archive-${account}`),
      infrequentAfterDays: archive.infrequentAfterDays,
      protection,
    });
    new Archive(this, "archiving", {
      name: this.named("archive"),
      account,
      source: this.changes,
      bucket: this.archive,
      fileSecondsMax: archive.fileSecondsMax,
    });
    this.quarantine = new Bucket(this, "quarantine", { name: this.named(`quarantine-${account}`), protection });

    const { engineVersion, capacity, instanceCount } = props.foundation.database;
    this.database = new Postgres(this, "database", {
      ...kept,
      name: this.named("database"),
      account,
      network: this.network,
      databaseName: "holdfast",
      engineVersion,
      capacity,
      instanceCount,
      users: databaseUsers,
    });

    const { nodeType, nodeCount } = props.foundation.cache;
    this.cache = new Cache(this, "cache", {
      name: this.named("cache"),
      network: this.network,
      nodeType,
      nodeCount,
      ...(encryptionKey && { encryptionKey }),
    });
  }
}
