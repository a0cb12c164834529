import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { Fn } from "cdktf";
import { limits } from "../../contract/limits.ts";
import type { RestApi } from "../api/rest-api.ts";
import { Distribution } from "../edge/distribution.ts";
import { Firewall } from "../edge/firewall.ts";
import type { OriginGuard } from "../edge/origin-guard.ts";
import { Site, type SiteFile } from "../edge/site.ts";
import type { FunctionFactory } from "./function-factory.ts";

/** The APIs and files behind the edge. */
export interface EdgeProps {
  readonly api: RestApi;
  /** URL of the WebSocket API's stage. */
  readonly liveUrl: string;
  /** Keeps clients from calling the APIs directly, without the edge. */
  readonly guard: OriginGuard;
  /** Files of the console. */
  readonly files: readonly SiteFile[];
}

/** The URLs that clients use. */
export interface Addresses {
  readonly api: string;
  readonly websocket: string;
  readonly console: string;
}

export interface Edge {
  readonly addresses: Addresses;
  /** CloudFront's own domain. The DNS record of a custom domain points to it. */
  readonly domainName: string;
}

/** Makes one domain for the console, the REST API and the WebSocket API. */
export function openEdge(factory: FunctionFactory, props: EdgeProps): Edge {
  const { stack } = factory;
  const { tls } = factory.environment.service.edge;
  const account = new DataAwsCallerIdentity(stack, "account").accountId;
  const site = new Site(stack, "console", { name: stack.named(`console-${account}`), files: props.files });
  const { domainName } = distribute(factory, props, site);
  const [http, ws] = tls === "on" ? ["https", "wss"] : ["http", "ws"];
  const addresses: Addresses = {
    api: `${http}://${domainName}/v1`,
    websocket: `${ws}://${domainName}/live`,
    console: `${http}://${domainName}`,
  };
  writeConsoleConfiguration(factory, site, addresses);
  return { addresses, domainName };
}

function distribute(factory: FunctionFactory, { api, liveUrl, guard }: EdgeProps, site: Site): Distribution {
  const { stack, environment, tokens } = factory;
  const { edge, console } = environment.service;
  const firewall = new Firewall(stack, "firewall", {
    name: stack.named("edge"),
    requestsPerMinuteMax: edge.requestsPerMinuteMax,
    apiPath: "/v1/",
  });
  guard.protect(api.stage);
  return new Distribution(stack, "edge", {
    name: stack.named("edge"),
    description: `Holdfast, ${stack.named("edge")}`,
    site,
    firewall,
    guard,
    connectTo: [originOf(tokens.JWT_ISSUER), ...(console.connectTo ?? [])],
    apis: [
      {
        name: "rest",
        url: api.url,
        paths: [
          { pattern: "/v1/items*", keepsAnswers: true },
          { pattern: "/v1/locations*", keepsAnswers: true },
          { pattern: "/v1/*" },
        ],
      },
      { name: "live", url: liveUrl, paths: [{ pattern: "/live*" }] },
    ],
    keptSecondsMax: limits.catalogueSharedMaxAgeSeconds,
    tls: edge.tls,
    priceClass: edge.priceClass,
    domain: edge.domain,
  });
}

/** Writes the file that the console reads when it starts: the URLs of the APIs and how users sign in. */
function writeConsoleConfiguration(factory: FunctionFactory, site: Site, { websocket }: Addresses): void {
  const { console, identity } = factory.environment.service;
  const scopes = console.scopes.map((scope) => `${identity.scopePrefix}${scope}`);
  site.writeJson("config.json", {
    api: "/v1",
    websocket,
    issuer: factory.tokens.JWT_ISSUER,
    clientId: console.clientId,
    scope: ["openid", ...scopes].join(" "),
  });
}

/** Returns `scheme://host` of a URL, also of one that only Terraform knows. */
const originOf = (url: string): string => Fn.replace(url, "/^([a-z]+:[/][/][^/]+).*$/", "$1");
