import { consoleScopes } from "./console-scopes.ts";
import type { Environment } from "./environment.ts";

/** The developers' shared deployment. It is small and may be destroyed at any time. Replace all `example` values. */
export const dev: Environment = {
  name: "dev",
  region: "eu-west-1",
  backend: { kind: "s3", bucket: "example-terraform-state-dev", region: "eu-west-1" },
  foundation: {
    network: { range: "10.20.0.0/16", availabilityZones: ["eu-west-1a", "eu-west-1b"] },
    database: {
      engineVersion: "17.5",
      capacity: { unitsMin: 0.5, unitsMax: 2 },
      instanceCount: 1,
      tls: "verify",
    },
    cache: { nodeType: "cache.t4g.micro", nodeCount: 1, tls: "on" },
    encryption: "aws",
    protection: { disposableBecause: "it holds test data alone" },
    archive: { fileSecondsMax: 60 },
  },
  service: {
    edge: { requestsPerMinuteMax: 6_000, priceClass: "PriceClass_100", tls: "on" },
    console: { clientId: "example-console", scopes: consoleScopes },
    identity: { issuer: "https://identity.dev.example.com", audience: "holdfast", scopePrefix: "holdfast/" },
    mail: { from: "stock@dev.example.com", to: ["buyers@dev.example.com"] },
    catalogueAccess: "public",
    log: { level: "DEBUG", days: 14 },
  },
};
