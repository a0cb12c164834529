import { consoleScopes } from "./console-scopes.ts";
import type { Environment } from "./environment.ts";

/** A smaller copy of production. Replace all `example` values with your own. */
export const staging: Environment = {
  name: "staging",
  region: "eu-west-1",
  backend: { kind: "s3", bucket: "example-terraform-state-staging", region: "eu-west-1" },
  foundation: {
    network: { range: "10.30.0.0/16", availabilityZones: ["eu-west-1a", "eu-west-1b"] },
    database: {
      engineVersion: "17.5",
      capacity: { unitsMin: 0.5, unitsMax: 4 },
      instanceCount: 2,
      tls: "verify",
    },
    cache: { nodeType: "cache.t4g.small", nodeCount: 2, tls: "on" },
    encryption: "customer",
    protection: "protected",
    archive: { fileSecondsMax: 300, infrequentAfterDays: 30 },
  },
  service: {
    edge: { requestsPerMinuteMax: 30_000, priceClass: "PriceClass_100", tls: "on" },
    console: { clientId: "example-console", scopes: consoleScopes },
    identity: { issuer: "https://identity.staging.example.com", audience: "holdfast", scopePrefix: "holdfast/" },
    mail: { from: "stock@staging.example.com", to: ["buyers@staging.example.com"] },
    catalogueAccess: "public",
    log: { level: "INFO", days: 30 },
  },
};
