import type { IncomingMessage } from "node:http";
import type { BlockResponse, Firewall } from "../waf/firewall.ts";
import type { Header } from "../waf/web-acl.ts";
import { type EdgePage, wafBlocked } from "./edge-page.ts";
import { overridden } from "./raw-headers.ts";
import { type BodyHead, readBodyHead, type Viewer } from "./viewer.ts";

/** What the web ACL says of a viewer: the page that it gets instead of an answer, or the request to go on with. */
export type GateDecision =
  | { readonly page: EdgePage; readonly rule: string }
  | { readonly page?: undefined; readonly viewer: Viewer };

/** The web ACL of a distribution, if it has one. */
export class FirewallGate {
  readonly #firewall: (() => Firewall) | undefined;

  /** @param firewall gives the web ACL as it is now */
  constructor(firewall: (() => Firewall) | undefined) {
    this.#firewall = firewall;
  }

  /** Reads as much of a body as the rules look at. */
  readBodyHead(message: IncomingMessage): Promise<BodyHead> {
    return readBodyHead(message, this.#firewall?.().bodyBytesWanted ?? 0);
  }

  decide(viewer: Viewer, body: Buffer): GateDecision {
    if (!this.#firewall) return { viewer };
    const { method, path: uriPath, query: queryString, ip: clientIp } = viewer;
    const headers = headerPairs(viewer);
    const verdict = this.#firewall().evaluate({ method, uriPath, queryString, headers, body, clientIp });
    if (verdict.action === "allow") return { viewer: withInserted(viewer, verdict.headers) };
    return { page: verdict.response ? blockPage(verdict.response) : wafBlocked, rule: verdict.rule };
  }
}

function headerPairs({ headers }: Viewer): Header[] {
  const pairs: Header[] = [];
  for (let index = 0; index < headers.length; index += 2) pairs.push([headers[index] ?? "", headers[index + 1] ?? ""]);
  return pairs;
}

/** Headers that a web ACL adds get a prefix. https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html */
function withInserted(viewer: Viewer, inserted: readonly Header[]): Viewer {
  const prefixed = inserted.map(([header, value]) => [`x-amzn-waf-${header}`, value] as const);
  return { ...viewer, headers: overridden(viewer.headers, prefixed) };
}

function blockPage({ status, headers, body }: BlockResponse): EdgePage {
  const bytes = Buffer.from(body);
  return { status, headers: [...headers.flat(), "Content-Length", String(bytes.length)], body: bytes };
}
