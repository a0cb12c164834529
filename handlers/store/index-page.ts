import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Attributes, Key } from "../inventory/index.ts";
import type { TableReader } from "./table-reader.ts";

interface IndexQuery {
  readonly table: string;
  readonly index: string;
  readonly partition: { readonly name: string; readonly value: string };
  /** The attribute of the sort key. Its value in the last entry is the position of the next page. */
  readonly order: string;
  readonly newestFirst?: boolean;
  readonly limit: number;
  readonly after: string | undefined;
  /** Returns the table key of an entry for its order value. */
  readonly keyOf: (order: string) => Key;
}

export interface IndexPage {
  readonly entries: readonly { readonly key: Key; readonly order: string }[];
  /** The order value after which the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** Reads one page of keys. The indexes are KEYS_ONLY, so that a change of stock writes to no index. */
export async function readIndexPage(reader: TableReader, query: IndexQuery): Promise<IndexPage> {
  const { items, lastKey } = await reader.page(indexQuery(query));
  const entries = items.map((item) => ({
    key: { pk: text(item.pk), sk: text(item.sk) },
    order: text(item[query.order]),
  }));
  return { entries, next: lastKey && text(lastKey[query.order]) };
}

function indexQuery(query: IndexQuery): QueryCommandInput {
  const { table, index, partition, order, newestFirst, limit, after, keyOf } = query;
  const startKey = after !== undefined && { [partition.name]: partition.value, [order]: after, ...keyOf(after) };
  return {
    TableName: table,
    IndexName: index,
    KeyConditionExpression: "#partition = :partition",
    ExpressionAttributeNames: { "#partition": partition.name },
    ExpressionAttributeValues: { ":partition": partition.value },
    ScanIndexForward: !newestFirst,
    Limit: limit,
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
}

const text = (value: Attributes[string]): string => String(value);
