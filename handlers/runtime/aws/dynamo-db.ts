import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Tables } from "../../inventory/index.ts";
import type { Bound } from "../bind.ts";
import { lazy } from "../lazy.ts";
import type { storeVariables, Variables } from "../variables.ts";
import { type ClientOptions, transport } from "./transport.ts";

/** Undefined members are left out, so that an absent optional field is an absent attribute. */
const documentClient = (config: DynamoDBClientConfig): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(config), { marshallOptions: { removeUndefinedValues: true } });

export const lazyDynamoDb = (options: ClientOptions): (() => DynamoDBDocumentClient) =>
  lazy(() => documentClient(transport(options)));

/**
 * The client of the stores. It does not retry: a retry of a write has to know about unknown outcomes, deadlines
 * and existence facts, and only the store does.
 */
export const createStoreDynamoDb = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient =>
  documentClient({ ...config, maxAttempts: 1 });

/** What a store needs, from an environment that names its tables. */
export function storePorts<Ports>({ environment, ports }: Bound<Variables<typeof storeVariables>, Ports>) {
  const tables: Tables = { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE };
  return { ...ports, dynamoDb: createStoreDynamoDb(), tables };
}
