import { createServer } from "node:http";
import { join } from "node:path";
import { startQueuesAndBuckets } from "../../engines/index.ts";
import type { Cloud, CloudOptions } from "./cloud.ts";

const LISTEN_AFTER_MS = 250;

/** A small cloud of one real engine and one address; `fail` as a variable ends its start after the engine is up. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  options.onProgress("queues and buckets");
  const engine = await startQueuesAndBuckets({
    folder: join(options.folder, "engines", "queues-and-buckets"),
    storage: options.storage,
    port: options.ports.queuesAndBuckets ?? 0,
  });
  if (options.variables.fail !== undefined)
    throw new Error("apply failed", { cause: new Error(options.variables.fail) });
  options.onProgress("api");
  const server = createServer((_request, response) => response.writeHead(404).end());
  // Only after it was said to have started, as a service does that has work of its own to do first.
  setTimeout(() => server.listen(options.ports.api, "127.0.0.1"), LISTEN_AFTER_MS);
  return {
    outputs: {
      service: { endpoints: { api: `http://127.0.0.1:${options.ports.api}/v1` }, variables: options.variables },
    },
    endpoints: { sqs: engine.endpoint, s3: engine.endpoint },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await engine.stop();
    },
  };
}
