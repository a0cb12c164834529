import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { startServices } from "laptop-cloud";

// Measures the cost of the edge: requests to a function directly at the REST API, through the edge, and from the edge's
// cache. Run it with: tools/node/node test/bench/edge.bench.ts. The client runs in the same process, so the ratio of
// processor time includes all the work of the edge, and other load on the machine does not change it.
const roundCount = 12;
const requestsPerRound = 400;
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const place = { region: "eu-west-1", accountId: "000000000000" };
const none = { kind: "none" } as const;

const functionSource = `export const handler = async () => ({
  statusCode: 200,
  headers: { "content-type": "application/json", "cache-control": "s-maxage=3600" },
  body: JSON.stringify({ sku: "TEA-MUG-RED", description: "x".repeat(1000) }),
});`;

const folder = mkdtempSync(join(tmpdir(), "bench-edge-"));
const nowhere = "http://127.0.0.1:9";
const services = await startServices({
  ...place,
  folder,
  storage: "memory" as const,
  log: () => undefined,
  endpoints: { dynamodb: nowhere, kinesis: nowhere, sqs: nowhere, sns: nowhere, s3: nowhere },
  identify: () => undefined,
  policyOf: () => undefined,
});

const agent = new Agent({ keepAlive: true });
try {
  const addresses = await build();
  for (const concurrency of [1, 32]) {
    const samples = Object.fromEntries(Object.keys(addresses).map((name) => [name, [] as number[]]));
    for (const url of Object.values(addresses)) await load(url, concurrency);
    // Each round measures all three, so that other load on the machine affects them equally.
    for (let round = 0; round < roundCount; round += 1) {
      for (const [name, url] of Object.entries(addresses)) samples[name]?.push(await load(url, concurrency));
    }
    const [direct = 0, edge = 0, warm = 0] = Object.values(samples).map(median);
    console.log(
      `${concurrency} at once: through the edge ${(edge / direct).toFixed(2)}x the processor time of direct, from its cache ${(warm / direct).toFixed(2)}x (direct ${(direct / requestsPerRound).toFixed(2)} ms a request)`,
    );
  }
  console.log(
    `cores: ${availableParallelism()}, Node ${process.versions.node}, ${roundCount} rounds of ${requestsPerRound}`,
  );
} finally {
  agent.destroy();
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function build() {
  const zip = join(folder, "function.zip");
  writeFileSync(zip, zipSync({ "index.mjs": Buffer.from(functionSource) }));
  const { invokeArn } = await services.lambda.createFunction({
    name: "item",
    code: { zip },
    handler: "index.handler",
    roleArn: `arn:aws:iam::${place.accountId}:role/item`,
  });
  const principal = "apigateway.amazonaws.com";
  services.lambda.addPermission({ function: "item", statementId: "api", action: "lambda:InvokeFunction", principal });
  const integration = { "x-amazon-apigateway-integration": { type: "aws_proxy", uri: invokeArn } };
  const body = { paths: { "/items/{sku}": { get: integration }, "/kept/{sku}": { get: integration } } };
  const { id } = await services.apiGateway.createRestApi({ name: "bench", body });
  const { invokeUrl } = await services.apiGateway.createStage({ restApiId: id, stageName: "v1" });
  const { id: keeping } = services.edge.createCachePolicy({
    name: "keep",
    minTtlSeconds: 0,
    defaultTtlSeconds: 0,
    maxTtlSeconds: 3_600,
    headers: { kind: "only", names: ["authorization"] },
    query: { kind: "all" },
    cookies: none,
    encodings: [],
  });
  const { id: passing } = services.edge.createOriginRequestPolicy({
    name: "pass",
    headers: { kind: "allExcept", names: ["host"] },
    query: { kind: "all" },
    cookies: none,
  });
  const { arn: webAclArn } = services.waf.createWebAcl({
    name: "bench",
    scope: "CLOUDFRONT",
    defaultAction: { kind: "allow" },
    bodyInspectionBytesMax: 65_536,
    rules: [
      {
        name: "rate",
        priority: 0,
        action: { kind: "block" },
        statement: { kind: "rate", limit: 100_000_000, windowSeconds: 60, key: { by: "ip" } },
      },
      {
        name: "common",
        priority: 1,
        override: "count",
        group: { vendor: "AWS", name: "AWSManagedRulesCommonRuleSet" },
      },
    ],
  });
  const { hostname, port } = new URL(invokeUrl);
  const methods = ["GET", "HEAD"];
  const shared = { originId: "api", allowedMethods: methods, cachedMethods: methods, originRequestPolicyId: passing };
  const { domainName } = await services.edge.createDistribution({
    name: "bench",
    errorResponses: [],
    webAclArn,
    origins: [
      { id: "api", kind: "http", host: hostname, port: Number(port), readTimeoutSeconds: 30, customHeaders: [] },
    ],
    behaviours: [
      { pathPattern: "/v1/kept/*", cachePolicyId: keeping, ...shared },
      { pathPattern: "*", cachePolicyId: cachingDisabled, ...shared },
    ],
  });
  return {
    direct: `${invokeUrl}/items/TEA-MUG-RED`,
    edge: `http://${domainName}/v1/items/TEA-MUG-RED`,
    warm: `http://${domainName}/v1/kept/TEA-MUG-RED`,
  };
}

/** Sends the requests of one round and returns their processor time in milliseconds. */
async function load(url: string, concurrency: number): Promise<number> {
  const before = process.cpuUsage();
  let left = requestsPerRound;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await get(url);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function get(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: "Bearer a", accept: "application/json" } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${url}: ${answer.statusCode}`));
      answer.resume().once("end", resolve);
    })
      .once("error", reject)
      .end();
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
