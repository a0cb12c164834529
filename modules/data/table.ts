import { DynamodbKinesisStreamingDestination } from "@cdktf/provider-aws/lib/dynamodb-kinesis-streaming-destination/index.js";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import { isProtected, type Protection } from "../protection.ts";
import type { ChangeStream } from "../streaming/change-stream.ts";
import type { Bucket } from "./bucket.ts";
import type { EncryptionKey } from "./encryption-key.ts";

/** Operations that a writer may do. A transaction needs the operation of each of its parts. */
export type WriteOperation = "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem";
export type ReadOperation = "GetItem" | "BatchGetItem" | "Query";
const streamOperations = ["DescribeStream", "GetRecords", "GetShardIterator"];
/** A table's stream deletes records after 24 h. Retries end earlier, so a record still reaches the failure bucket. */
const streamRecordAgeSecondsMax = 20 * 3_600;

/** An index. It projects only its keys, so a change of other attributes does not write to it. */
export interface TableIndex {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface TableProps<Index extends string> {
  readonly name: string;
  /** AWS region, such as `eu-west-1`. */
  readonly region: string;
  /** Attribute of the partition key. All key attributes are strings. */
  readonly partitionKey: string;
  /** Attribute of the sort key. @default none */
  readonly sortKey?: string;
  /** Indexes by name, with the projection KEYS_ONLY. @default none */
  readonly indexes?: Readonly<Record<Index, TableIndex>>;
  /** Attribute with the epoch second after which DynamoDB may remove an item. @default none */
  readonly ttlAttribute?: string;
  /** Whether the table has a stream of its changes, with the item before and after each change. @default false */
  readonly stream?: boolean;
  /** Key that encrypts the table. @default a key that AWS owns */
  readonly encryptionKey?: EncryptionKey;
  /**
   * Whether the table is protected. @default protected: deletion protection, point-in-time recovery, prevent_destroy
   */
  readonly protection?: Protection;
}

export interface TableConsumerProps {
  /** Gets the records that the function could not handle before the retries ended. */
  readonly onFailure: Bucket;
  /** Records per call. 1 to 10,000. @default 100 */
  readonly batchSize?: number;
}

/**
 * A DynamoDB table, billed per request. Intents: `grantRead`, `grantWrite`, `flowsTo`, `consumedBy`.
 * @throws when an opt-out of protection gives no reason
 * @example
 * const orders = new Table(stack, "orders", {
 *   name: "shop-orders",
 *   region: "eu-west-1",
 *   partitionKey: "pk",
 *   indexes: { byCustomer: { partitionKey: "customer", sortKey: "orderedAt" } },
 *   stream: true,
 * });
 * orders.grantRead(publicFunction, ["GetItem"], "byCustomer");
 * orders.grantWrite(publicFunction, "PutItem");
 */
export class Table<Index extends string = never> extends Construct {
  readonly table: DynamodbTable;
  readonly #region: string;
  readonly #encryptionKey: EncryptionKey | undefined;

  constructor(scope: Construct, id: string, props: TableProps<Index>) {
    super(scope, id);
    this.#region = props.region;
    this.#encryptionKey = props.encryptionKey;
    const guarded = isProtected(props.protection ?? "protected");
    const indexes = Object.entries<TableIndex>(props.indexes ?? {});
    const keys = [
      props.partitionKey,
      props.sortKey,
      ...indexes.flatMap(([, index]) => [index.partitionKey, index.sortKey]),
    ];
    this.table = new DynamodbTable(this, "table", {
      name: physicalName("table", props.name),
      billingMode: "PAY_PER_REQUEST",
      hashKey: props.partitionKey,
      rangeKey: props.sortKey,
      attribute: [...new Set(keys.filter((key) => key !== undefined))].map((name) => ({ name, type: "S" })),
      globalSecondaryIndex: indexes.map(([name, { partitionKey, sortKey }]) => ({
        name,
        hashKey: partitionKey,
        rangeKey: sortKey,
        projectionType: "KEYS_ONLY",
      })),
      ttl: props.ttlAttribute === undefined ? undefined : { attributeName: props.ttlAttribute, enabled: true },
      streamEnabled: props.stream ?? false,
      streamViewType: props.stream ? "NEW_AND_OLD_IMAGES" : undefined,
      pointInTimeRecovery: { enabled: guarded },
      deletionProtectionEnabled: guarded,
      serverSideEncryption: props.encryptionKey && { enabled: true, kmsKeyArn: props.encryptionKey.arn },
      lifecycle: { preventDestroy: guarded },
    });
  }

  /** Name of the table. */
  get name(): string {
    return this.table.name;
  }

  /** ARN of the table. */
  get arn(): string {
    return this.table.arn;
  }

  /** Allows these operations on the table, and queries of these indexes. */
  grantRead(
    grantee: Grantee,
    operations: readonly [ReadOperation, ...ReadOperation[]],
    ...indexes: readonly Index[]
  ): void {
    grantee.role.allow({ actions: operations.map(action), resources: [this.arn] });
    if (indexes.length > 0) {
      grantee.role.allow({
        actions: [action("Query")],
        resources: indexes.map((index) => `${this.arn}/index/${index}`),
      });
    }
    this.#encryptionKey?.grantUse(grantee, `dynamodb.${this.#region}.amazonaws.com`);
  }

  /** Allows these write operations. */
  grantWrite(grantee: Grantee, ...operations: readonly [WriteOperation, ...WriteOperation[]]): void {
    grantee.role.allow({ actions: operations.map(action), resources: [this.arn] });
    this.#encryptionKey?.grantUse(grantee, `dynamodb.${this.#region}.amazonaws.com`);
  }

  /** Sends every change to a stream that keeps it for days. Changes may arrive twice or out of order. */
  flowsTo(stream: ChangeStream): DynamodbKinesisStreamingDestination {
    return new DynamodbKinesisStreamingDestination(this, "flow", {
      tableName: this.table.name,
      streamArn: stream.arn,
      approximateCreationDateTimePrecision: "MICROSECOND",
    });
  }

  /**
   * Calls the function with changes, in order for each item. A stream should have at most two readers. When the
   * function reports failed records, Lambda sends the batch again from the first failed record on. When a whole batch
   * fails, Lambda halves it.
   * @throws when the table has no stream
   */
  consumedBy(fn: LambdaFunction, props: TableConsumerProps): LambdaEventSourceMapping {
    if (!this.table.streamEnabledInput) {
      throw new Error(`${this.node.path}: ${fn.name} cannot consume it: give the table \`stream: true\`.`);
    }
    fn.role.allow({ actions: streamOperations.map(action), resources: [`${this.arn}/stream/*`] });
    // Lambda lists streams before it reads one. IAM has no resource for ListStreams.
    fn.role.allow({ actions: [action("ListStreams")], resources: ["*"] });
    this.#encryptionKey?.grantUse(fn, `dynamodb.${this.#region}.amazonaws.com`);
    props.onFailure.grantFailures(fn);
    return new LambdaEventSourceMapping(fn, `from-${this.node.id}`, {
      eventSourceArn: this.table.streamArn,
      functionName: fn.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: props.batchSize ?? 100,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: streamRecordAgeSecondsMax,
      destinationConfig: { onFailure: { destinationArn: props.onFailure.arn } },
    });
  }
}

const action = (operation: string) => `dynamodb:${operation}`;
