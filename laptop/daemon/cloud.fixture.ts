import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Cloud, CloudOptions } from "../cloud/cloud.ts";
import { startQueuesAndBuckets } from "../engines/index.ts";

const listenAfterMs = 250;

/**
 * Starts a small cloud with one real engine and one address. The variables `fail` and `hang` make it fail or hang after
 * the engine has started.
 */
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
  let applied = options.output;
  // It listens only after the start has been reported, like a service that must prepare itself first.
  setTimeout(() => server.listen(ports.api, "127.0.0.1"), listenAfterMs);
  return {
    get outputs() {
      const endpoints = { api: `http://127.0.0.1:${ports.api}/v1` };
      return { service: { endpoints, variables: options.variables, applied } };
    },
    apply: async (output) => {
      options.log("looking at it");
      if (readFileSync(join(output, "cdk.tf.json"), "utf8").includes("refused")) throw new Error("it was refused");
      applied = output;
      return [{ kind: "changed", type: "a_thing", address: "a_thing.one", path: "service/one" }];
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
