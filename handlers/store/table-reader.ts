import { BatchGetCommand, GetCommand, QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Attributes, Key } from "../inventory/index.ts";
import type { StorePorts } from "./ports.ts";
import { retryCount, tableFailure } from "./table-error.ts";
import type { Deadline } from "./timing.ts";

/**
 * The most keys of one BatchGetItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const batchKeysMax = 100;

interface Consistency {
  readonly consistent: boolean;
}

interface QueryPage {
  readonly items: readonly Attributes[];
  readonly lastKey: Attributes | undefined;
}

/** Reads with time-outs and retries inside a deadline. */
export interface TableReader {
  get(table: string, key: Attributes, options: Consistency): Promise<Attributes | undefined>;
  /** Reads the items that exist. Their order is undefined. */
  getMany(table: string, keys: readonly Key[], options: Consistency): Promise<readonly Attributes[]>;
  page(query: QueryCommandInput): Promise<QueryPage>;
  /** Reads all pages of a query. The caller must know that its result has a limited size. */
  all(query: QueryCommandInput): Promise<readonly Attributes[]>;
}

export function createTableReader(
  { dynamoDb, meter }: Pick<StorePorts, "dynamoDb" | "meter">,
  deadline: Deadline,
): TableReader {
  /** Sends a read again after any failure that a retry can fix: a read has no effect. */
  const retried = async <Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    for (let triedCount = 0; ; triedCount++) {
      try {
        return await deadline.timed(call);
      } catch (error) {
        meter?.count(retryCount(tableFailure(error)));
        await deadline.backOff(triedCount);
      }
    }
  };

  const page = (query: QueryCommandInput): Promise<QueryPage> =>
    retried(async (abortSignal) => {
      const { Items = [], LastEvaluatedKey } = await dynamoDb.send(new QueryCommand(query), { abortSignal });
      return { items: Items, lastKey: LastEvaluatedKey };
    });

  const getBatch = async (table: string, keys: readonly Key[], { consistent }: Consistency) => {
    const found: Attributes[] = [];
    let open: Attributes[] = [...keys];
    for (let triedCount = 0; open.length > 0; triedCount++) {
      if (triedCount > 0) await deadline.backOff(triedCount);
      const request = { RequestItems: { [table]: { Keys: open, ConsistentRead: consistent } } };
      const answer = await retried((abortSignal) => dynamoDb.send(new BatchGetCommand(request), { abortSignal }));
      found.push(...(answer.Responses?.[table] ?? []));
      open = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  };

  return {
    page,
    async get(table, key, { consistent }) {
      const command = new GetCommand({ TableName: table, Key: key, ConsistentRead: consistent });
      return retried(async (abortSignal) => (await dynamoDb.send(command, { abortSignal })).Item);
    },
    async getMany(table, keys, options) {
      const batches = await Promise.all(chunks(keys, batchKeysMax).map((chunk) => getBatch(table, chunk, options)));
      return batches.flat();
    },
    async all(query) {
      const items: Attributes[] = [];
      let lastKey: Attributes | undefined;
      do {
        const next = await page({ ...query, ExclusiveStartKey: lastKey });
        items.push(...next.items);
        lastKey = next.lastKey;
      } while (lastKey);
      return items;
    },
  };
}

function chunks<Entry>(entries: readonly Entry[], size: number): Entry[][] {
  const count = Math.ceil(entries.length / size);
  return Array.from({ length: count }, (_, index) => entries.slice(index * size, (index + 1) * size));
}
