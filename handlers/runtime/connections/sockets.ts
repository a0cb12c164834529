import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { ServerFrame } from "../../../contract/live.ts";
import { lazy } from "../lazy.ts";

/** Access to the open sockets by connection id. */
export interface Sockets {
  /** Posts a frame. Returns false when the connection is gone. */
  post(connection: string, frame: ServerFrame): Promise<boolean>;
  /** Ends the connection. Does nothing when it is already gone. */
  end(connection: string): Promise<void>;
}

/** The highest number of concurrent posts. Each uses its own connection to the gateway. */
export const postCountMax = 64;
const timeoutMs = 2_000;

/** `url` is the address that clients connect to. The gateway accepts posts to connections below it, over HTTP. */
export function createSockets(url: string): Sockets {
  const client = lazy(
    () =>
      new ApiGatewayManagementApiClient({
        endpoint: url.replace(/^ws/, "http"),
        maxAttempts: 3,
        requestHandler: {
          connectionTimeout: timeoutMs,
          requestTimeout: timeoutMs,
          throwOnRequestTimeout: true,
          httpAgent: { maxSockets: postCountMax },
          httpsAgent: { maxSockets: postCountMax },
        },
      }),
  );
  return {
    async post(connection, frame) {
      const command = new PostToConnectionCommand({ ConnectionId: connection, Data: JSON.stringify(frame) });
      return isThere(() => client().send(command));
    },
    async end(connection) {
      await isThere(() => client().send(new DeleteConnectionCommand({ ConnectionId: connection })));
    },
  };
}

async function isThere(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof GoneException) return false;
    throw error;
  }
}
