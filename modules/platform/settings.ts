import type { Scope } from "../../contract/scope.ts";
import type { InterfaceEndpointService } from "../network/network.ts";
import type { Protection } from "../protection.ts";
import type { Backend } from "./backend.ts";

/** What both stacks of an environment share. */
export interface EnvironmentSettings {
  /** Part of every physical name: `holdfast-<name>-...`. */
  readonly name: string;
  readonly region: string;
  /** Where Terraform keeps its state; named, so that no machine's path enters the output. */
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
  /** `off` is for a database on loopback alone. */
  readonly tls: "verify" | "off";
}

interface CacheSettings {
  readonly nodeType: string;
  readonly nodeCount: number;
  /** `off` is for a cache on loopback alone. */
  readonly tls: "on" | "off";
}

export interface FoundationSettings {
  readonly network: NetworkSettings;
  readonly database: DatabaseSettings;
  readonly cache: CacheSettings;
  /** `customer`: tables and database are encrypted under a key of this account. */
  readonly encryption: "aws" | "customer";
  readonly protection: Protection;
  readonly archive: { readonly fileSecondsMax: number; readonly infrequentAfterDays?: number };
}

/** What the service of an environment is made with. Of the foundation it knows how to reach database and cache. */
export interface ServiceEnvironment extends EnvironmentSettings {
  readonly foundation: { readonly database: DatabaseSettings; readonly cache: CacheSettings };
  readonly service: ServiceSettings;
}

/** Who issues the tokens. `variable`: a Terraform variable of this name gives the issuer when the stack is applied. */
export interface IdentitySettings {
  readonly issuer: string | { readonly variable: string };
  readonly audience: string;
  /** Dropped from each scope of a token. */
  readonly scopePrefix: string;
}

/** How people sign in to the console: by a public client of the issuer, with PKCE. */
export interface ConsoleSettings {
  readonly clientId: string;
  /** Scopes that signing in asks for. The issuer knows each with `identity.scopePrefix` before it. */
  readonly scopes: readonly Scope[];
  /** Origins that signing in calls besides the issuer's, such as a token endpoint elsewhere. @default none */
  readonly connectTo?: readonly string[];
}

interface EdgeSettings {
  /** Requests that one address may send in a minute; above it are 429s. */
  readonly requestsPerMinuteMax: number;
  /** Where in the world CloudFront answers from. */
  readonly priceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /** A domain of one's own, and its certificate in us-east-1. @default one that CloudFront gives */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /** `off` is for an edge on loopback alone. */
  readonly tls: "on" | "off";
}

export interface ServiceSettings {
  readonly edge: EdgeSettings;
  readonly console: ConsoleSettings;
  readonly identity: IdentitySettings;
  /** What opens a live connection. `tokens`: access tokens too, which then stand in addresses, and so in logs. @default tickets */
  readonly liveAccess?: "tickets" | "tokens";
  /** Mails to people: the address that SES sends from, and who gets them. */
  readonly mail: { readonly from: string; readonly to: readonly [string, ...string[]] };
  /** Where webhooks may lead. `any`: plain http and private addresses too, for a laptop. @default public */
  readonly webhookTargets?: "public" | "any";
  readonly catalogueAccess: "public" | "private";
  /** SNS topic that alarms tell. @default alarms show in the console alone */
  readonly alarms?: { readonly topicArn: string };
  readonly log: { readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR"; readonly days: number };
}
