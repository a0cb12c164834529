import { EncryptionKey } from "../data/encryption-key.ts";
import { Table } from "../data/table.ts";
import type { Protection } from "../protection.ts";
import type { EnvironmentStack } from "./environment-stack.ts";

const ttlAttribute = "ttl";
/** Indexes that lists and workers query. Their keys do not change when a quantity changes. */
const inventoryIndexes = {
  byLocation: { partitionKey: "location", sortKey: "sku" },
  byOwner: { partitionKey: "owner", sortKey: "ownerOrder" },
  byDeadline: { partitionKey: "deadlineShard", sortKey: "deadlineOrder" },
  byType: { partitionKey: "listShard", sortKey: "listOrder" },
} as const;
export type InventoryIndex = keyof typeof inventoryIndexes;

/** Settings that everything with state has in common. */
export interface KeptProps {
  readonly region: string;
  readonly protection: Protection;
  /** Undefined: AWS's own keys encrypt the data. */
  readonly encryptionKey: EncryptionKey | undefined;
}

export interface FoundationTables {
  readonly inventory: Table<InventoryIndex>;
  readonly requests: Table;
  readonly connections: Table;
  readonly alerts: Table;
  readonly idempotency: Table;
  readonly webhooks: Table;
}

/** Makes the platform's tables in the foundation's stack. */
export function makeTables(
  stack: EnvironmentStack,
  { kept, account }: { readonly kept: KeptProps; readonly account: string },
): FoundationTables {
  const keyed = (name: string) => ({ ...kept, name: stack.named(name), partitionKey: "pk" });
  const sorted = (name: string) => ({ ...keyed(name), sortKey: "sk" });
  // The table contains secrets. A reader needs this key too, and it encrypts nothing else.
  const webhooksKey = new EncryptionKey(stack, "webhooks-key", {
    name: stack.named("webhooks"),
    description: "Secrets of webhooks",
    account,
    protection: kept.protection,
  });
  return {
    inventory: new Table(stack, "inventory", {
      ...sorted("inventory"),
      indexes: inventoryIndexes,
      ttlAttribute,
      stream: true,
    }),
    requests: new Table(stack, "requests", { ...keyed("requests"), ttlAttribute }),
    connections: new Table(stack, "connections", { ...sorted("connections"), ttlAttribute }),
    alerts: new Table(stack, "alerts", sorted("alerts")),
    idempotency: new Table(stack, "idempotency", {
      ...kept,
      name: stack.named("idempotency"),
      partitionKey: "id",
      ttlAttribute: "expiration",
    }),
    webhooks: new Table(stack, "webhooks", { ...sorted("webhooks"), encryptionKey: webhooksKey }),
  };
}
