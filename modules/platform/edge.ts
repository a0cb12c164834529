import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { limits } from "../../contract/limits.ts";
import type { RestApi } from "../api/rest-api.ts";
import { Distribution } from "../edge/distribution.ts";
import { Firewall } from "../edge/firewall.ts";
import type { OriginGuard } from "../edge/origin-guard.ts";
import { Site, type SiteFile } from "../edge/site.ts";
import type { ConsoleSettings, EdgeSettings } from "./settings.ts";

export interface EdgeProps {
  readonly named: (part: string) => string;
  readonly account: string;
  readonly api: RestApi;
  /** Address of the WebSocket API's stage. */
  readonly liveUrl: string;
  readonly guard: OriginGuard;
  /** Files of the console. */
  readonly files: readonly SiteFile[];
  readonly issuer: string;
  readonly settings: EdgeSettings;
  readonly console: ConsoleSettings;
}

/** What clients reach, by name of the client. */
export interface Addresses {
  readonly api: string;
  readonly websocket: string;
  readonly console: string;
}

export interface Edge {
  readonly addresses: Addresses;
  /** CloudFront's own domain, which a domain of one's own points to. */
  readonly domainName: string;
}

/** One domain before the console, REST and WebSocket. */
export function openEdge(scope: Construct, props: EdgeProps): Edge {
  const { guard, issuer, settings } = props;
  const site = new Site(scope, "console", { name: props.named(`console-${props.account}`), files: props.files });
  const firewall = new Firewall(scope, "firewall", {
    name: props.named("edge"),
    requestsPerMinuteMax: settings.requestsPerMinuteMax,
    apiPath: "/v1/",
  });
  guard.protect(props.api.stage);
  const { distribution, domainName } = new Distribution(scope, "edge", {
    name: props.named("edge"),
    description: `Holdfast, ${props.named("edge")}`,
    site,
    firewall,
    guard,
    connectTo: [originOf(issuer), ...(props.console.connectTo ?? [])],
    apis: [
      {
        name: "rest",
        url: props.api.url,
        paths: [
          { pattern: "/v1/items*", keepsAnswers: true },
          { pattern: "/v1/locations*", keepsAnswers: true },
          { pattern: "/v1/*" },
        ],
      },
      { name: "live", url: props.liveUrl, paths: [{ pattern: "/live*" }] },
    ],
    keptSecondsMax: limits.catalogueSharedMaxAgeSeconds,
    tls: settings.tls,
    priceClass: settings.priceClass,
    domain: settings.domain,
  });
  const [http, ws] = settings.tls === "on" ? ["https", "wss"] : ["http", "ws"];
  const addresses: Addresses = {
    api: `${http}://${domainName}/v1`,
    websocket: `${ws}://${domainName}/live`,
    console: `${http}://${domainName}`,
  };
  const { clientId, scope: scopes } = props.console;
  site.writeJson("config.json", { api: "/v1", websocket: addresses.websocket, issuer, clientId, scope: scopes });
  return { addresses, domainName: distribution.domainName };
}

/** `scheme://host` of an address that may be known to Terraform alone. */
const originOf = (url: string): string => Fn.replace(url, "/^([a-z]+:[/][/][^/]+).*$/", "$1");
