import { consoleScopes } from "./console-scopes.ts";
import type { Environment } from "./environment.ts";

/** The production deployment. Replace all `example` values with your own. */
export const prod: Environment = {
  name: "prod",
  region: "eu-west-1",
  backend: { kind: "s3", bucket: "example-terraform-state-prod", region: "eu-west-1" },
  foundation: {
    network: { range: "10.40.0.0/16", availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] },
    database: {
      engineVersion: "17.5",
      capacity: { unitsMin: 1, unitsMax: 32 },
      instanceCount: 2,
      tls: "verify",
    },
    cache: { nodeType: "cache.r7g.large", nodeCount: 3, tls: "on" },
    encryption: "customer",
    protection: "protected",
    archive: { fileSecondsMax: 300, infrequentAfterDays: 30 },
  },
  service: {
    edge: { requestsPerMinuteMax: 30_000, priceClass: "PriceClass_All", tls: "on" },
    console: { clientId: "example-console", scopes: consoleScopes },
    identity: { issuer: "https://identity.example.com", audience: "holdfast", scopePrefix: "holdfast/" },
    mail: { from: "stock@example.com", to: ["buyers@example.com"] },
    catalogueAccess: "public",
    log: { level: "INFO", days: 90 },
  },
};
