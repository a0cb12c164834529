import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Tables } from "../../inventory/index.ts";
import type { Bound } from "../bind.ts";
import { lazy } from "../lazy.ts";
import type { storeVariables, Variables } from "../variables.ts";
import { type ClientOptions, transport } from "./transport.ts";

/** Creates a client that omits undefined members, so that an absent optional field is an absent attribute. */
const documentClient = (config: DynamoDBClientConfig): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(config), { marshallOptions: { removeUndefinedValues: true } });

export const lazyDynamoDb = (options: ClientOptions): (() => DynamoDBDocumentClient) =>
  lazy(() => documentClient(transport(options)));

/**
 * Creates the client of the stores. It does not retry, because only the store knows how to retry a write with an
 * unknown outcome, a deadline and existence facts.
 */
export const createStoreDynamoDb = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient =>
  documentClient({ ...config, maxAttempts: 1 });

/** Returns the ports of a store, from an environment that names its tables. */
export function storePorts<Ports>({ environment, ports }: Bound<Variables<typeof storeVariables>, Ports>) {
  const tables: Tables = { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE };
  return { ...ports, dynamoDb: createStoreDynamoDb(), tables };
}
