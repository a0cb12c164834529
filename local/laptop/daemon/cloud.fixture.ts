import { createServer } from "node:http";
import { join } from "node:path";
import type { Cloud, CloudOptions } from "../../cloud.ts";
import { startQueuesAndBuckets } from "../../engines/index.ts";

const LISTEN_AFTER_MS = 250;

/** A small cloud of one real engine and one address; the variables `fail` and `hang` do so once the engine is up. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { ports = {}, onProgress = () => undefined } = options;
  onProgress("queues and buckets");
  const engine = await startQueuesAndBuckets({
    folder: join(options.folder, "engines", "queues-and-buckets"),
    storage: options.storage,
    port: ports.queuesAndBuckets ?? 0,
  });
  const { fail } = options.variables;
  if (fail !== undefined) throw new Error("apply failed", { cause: new Error(fail) });
  onProgress("api");
  if (options.variables.hang !== undefined) await new Promise(() => undefined);
  const server = createServer((_request, response) => response.writeHead(404).end());
  // Only after it was said to have started, as a service does that has work of its own to do first.
  setTimeout(() => server.listen(ports.api, "127.0.0.1"), LISTEN_AFTER_MS);
  return {
    outputs: {
      service: { endpoints: { api: `http://127.0.0.1:${ports.api}/v1` }, variables: options.variables },
    },
    grants: { given: () => [], used: () => new Set() },
    endpoints: { sqs: engine.endpoint, s3: engine.endpoint },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await engine.stop();
    },
  };
}
