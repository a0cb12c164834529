import type { Scope } from "../../contract/scope.ts";
import type { InterfaceEndpointService } from "../network/network.ts";
import type { Protection } from "../protection.ts";
import type { Backend } from "./backend.ts";

/** Settings that both stacks of an environment share. */
export interface EnvironmentSettings {
  /** Name of the environment, part of every physical name: `holdfast-<name>-...`. */
  readonly name: string;
  readonly region: string;
  /** Where Terraform keeps its state. Without it, CDKTF would write an absolute path into the output. */
  readonly backend: Backend;
}

interface NetworkSettings {
  readonly range: string;
  readonly availabilityZones: readonly [string, string, ...string[]];
  readonly interfaceEndpoints?: readonly InterfaceEndpointService[];
}

interface DatabaseSettings {
  readonly engineVersion: string;
  readonly capacity: { readonly unitsMin: number; readonly unitsMax: number };
  readonly instanceCount: number;
  /** `off` is only for a database on the loopback. */
  readonly tls: "verify" | "off";
}

interface CacheSettings {
  readonly nodeType: string;
  readonly nodeCount: number;
  /** `off` is only for a cache on the loopback. */
  readonly tls: "on" | "off";
}

export interface FoundationSettings {
  readonly network: NetworkSettings;
  readonly database: DatabaseSettings;
  readonly cache: CacheSettings;
  /** `customer`: a key of this account encrypts the tables and the database. `aws`: AWS's own keys do. */
  readonly encryption: "aws" | "customer";
  readonly protection: Protection;
  readonly archive: { readonly fileSecondsMax: number; readonly infrequentAfterDays?: number };
}

/** Settings of a service stack. Of the foundation it needs only how to connect to database and cache. */
export interface ServiceEnvironment extends EnvironmentSettings {
  readonly foundation: { readonly database: DatabaseSettings; readonly cache: CacheSettings };
  readonly service: ServiceSettings;
}

/** The issuer of tokens. `variable`: the Terraform variable of this name contains the issuer at apply time. */
export interface IdentitySettings {
  readonly issuer: string | { readonly variable: string };
  readonly audience: string;
  /** Prefix that is removed from each scope of a token. */
  readonly scopePrefix: string;
}

/** How users sign in to the console: with a public client of the issuer and PKCE. */
export interface ConsoleSettings {
  readonly clientId: string;
  /** Scopes that the console requests. The issuer's names for them start with `identity.scopePrefix`. */
  readonly scopes: readonly Scope[];
  /** Other origins that the sign-in calls, such as a token endpoint on another host. @default none */
  readonly connectTo?: readonly string[];
}

interface EdgeSettings {
  /** Requests per minute from one address. More are refused with 429. */
  readonly requestsPerMinuteMax: number;
  /** Regions of the world that CloudFront answers from. */
  readonly priceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /** A custom domain, and its certificate in us-east-1. @default a domain of CloudFront */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /** `off` is only for an edge on the loopback. */
  readonly tls: "on" | "off";
}

export interface ServiceSettings {
  readonly edge: EdgeSettings;
  readonly console: ConsoleSettings;
  readonly identity: IdentitySettings;
  /** What opens a live connection. `tokens`: access tokens too; they are then in URLs and in logs. @default tickets */
  readonly liveAccess?: "tickets" | "tokens";
  /** Mails about low stock: the address that SES sends from, and the recipients. */
  readonly mail: { readonly from: string; readonly to: readonly [string, ...string[]] };
  /** Allowed URLs of webhooks. `any`: plain http and private addresses too, for a laptop. @default public */
  readonly webhookTargets?: "public" | "any";
  readonly catalogueAccess: "public" | "private";
  /** SNS topic for alarms. @default none: only the console shows alarms */
  readonly alarms?: { readonly topicArn: string };
  readonly log: { readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR"; readonly days: number };
}
