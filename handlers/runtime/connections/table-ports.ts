import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock } from "../../inventory/index.ts";
import { lazyDynamoDb } from "../aws/dynamo-db.ts";
import type { ClientOptions } from "../aws/transport.ts";
import type { Bound, Ports } from "../bind.ts";
import type { connectionsVariable, Variables } from "../variables.ts";

export interface ConnectionTablePorts {
  readonly dynamoDb: () => DynamoDBDocumentClient;
  /** The name of the `connections` table. */
  readonly table: string;
  readonly clock: Clock;
}

/** Returns the ports of the `connections` table that a function's environment names. */
export const connectionsTable = (
  { environment, ports }: Bound<Variables<typeof connectionsVariable>, Pick<Ports, "clock">>,
  options: ClientOptions,
): ConnectionTablePorts => ({
  dynamoDb: lazyDynamoDb(options),
  table: environment.CONNECTIONS_TABLE,
  clock: ports.clock,
});
