import type { Environment } from "./environment.ts";

/** The environment that `make up` runs on one machine, from the same Terraform stacks as the other environments. */
export const laptop: Environment = {
  name: "laptop",
  region: "eu-west-1",
  backend: { kind: "local", folder: "../../../.holdfast/terraform" },
  foundation: {
    network: { range: "10.10.0.0/16", availabilityZones: ["eu-west-1a", "eu-west-1b"] },
    database: {
      engineVersion: "17.5",
      capacity: { unitsMin: 0.5, unitsMax: 1 },
      instanceCount: 1,
      tls: "off",
    },
    cache: { nodeType: "cache.t4g.micro", nodeCount: 1, tls: "off" },
    encryption: "aws",
    protection: { disposableBecause: "`make reset` wipes it" },
    archive: { fileSecondsMax: 5 },
  },
  service: {
    // All requests come from one address, including the demo's thousands per second.
    edge: { requestsPerMinuteMax: 2_000_000, priceClass: "PriceClass_100", tls: "off" },
    console: { clientId: "console", scopes: ["admin"] },
    identity: { issuer: { variable: "oidc_issuer" }, audience: "holdfast", scopePrefix: "" },
    mail: { from: "stock@holdfast.example", to: ["buyers@holdfast.example"] },
    catalogueAccess: "public",
    liveAccess: "tokens",
    webhookTargets: "any",
    log: { level: "INFO", days: 1 },
  },
};
