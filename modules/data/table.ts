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

/** What a writer may do; a transaction needs the operation of each of its parts. */
export type WriteOperation = "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem";
export type ReadOperation = "GetItem" | "BatchGetItem" | "Query";
const streamOperations = ["DescribeStream", "GetRecords", "GetShardIterator"];
/** A table's stream forgets after 24 h; retries end before, so that a record still reaches the failure bucket. */
const streamRecordAgeSecondsMax = 20 * 3_600;

/** A question that the table answers: its keys alone are projected, so that a change of other attributes writes no index. */
export interface TableIndex {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface TableProps<Index extends string> {
  readonly name: string;
  /** AWS region, such as `eu-west-1`. */
  readonly region: string;
  /** Attribute of the partition key; key attributes are strings. */
  readonly partitionKey: string;
  /** Attribute of the sort key. @default none */
  readonly sortKey?: string;
  /** Indexes by name; KEYS_ONLY. @default none */
  readonly indexes?: Readonly<Record<Index, TableIndex>>;
  /** Attribute with the epoch second after which an item may be removed. @default none */
  readonly ttlAttribute?: string;
  /** Whether the table has a stream of its changes, each with the item before and after. @default false */
  readonly stream?: boolean;
  /** @default a key that AWS owns */
  readonly encryptionKey?: EncryptionKey;
  /** @default protected: deletion protection, point-in-time recovery, prevent_destroy */
  readonly protection?: Protection;
}

export interface TableConsumerProps {
  /** Keeps the records that could not be handled to the end of all retries. */
  readonly onFailure: Bucket;
  /** Records a call. 1 to 10,000. @default 100 */
  readonly batchSize?: number;
}

/**
 * A DynamoDB table that is billed by request. Intents: `grantRead`, `grantWrite`, `flowsTo`, `consumedBy`.
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

  get name(): string {
    return this.table.name;
  }

  get arn(): string {
    return this.table.arn;
  }

  /** The operations named on the table, and queries of the indexes named. */
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

  /** Lets it do these writes. */
  grantWrite(grantee: Grantee, ...operations: readonly [WriteOperation, ...WriteOperation[]]): void {
    grantee.role.allow({ actions: operations.map(action), resources: [this.arn] });
    this.#encryptionKey?.grantUse(grantee, `dynamodb.${this.#region}.amazonaws.com`);
  }

  /** Sends every change to a stream that keeps it for days; it may repeat and reorder them. */
  flowsTo(stream: ChangeStream): DynamodbKinesisStreamingDestination {
    return new DynamodbKinesisStreamingDestination(this, "flow", {
      tableName: this.table.name,
      streamArn: stream.arn,
      approximateCreationDateTimePrecision: "MICROSECOND",
    });
  }

  /**
   * Calls the function with changes; those of one item come in order. A stream serves two readers well. When the
   * function reports records as failed, the batch comes again from the first of them on; a batch that fails as a whole
   * is halved.
   * @throws when the table has no stream
   */
  consumedBy(fn: LambdaFunction, props: TableConsumerProps): LambdaEventSourceMapping {
    if (!this.table.streamEnabledInput) {
      throw new Error(`${this.node.path}: ${fn.name} cannot consume it: give the table \`stream: true\`.`);
    }
    fn.role.allow({ actions: streamOperations.map(action), resources: [`${this.arn}/stream/*`] });
    // Lambda lists streams before it takes one; IAM knows no resource for that.
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
