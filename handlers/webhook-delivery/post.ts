import { type LookupAddress, lookup } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { isPublicAddress, urlProblem, type WebhookTargets } from "../runtime/webhooks/webhook-address.ts";

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts, and returns the status of the response. Throws when there is no response or the address is not allowed. */
export type SendPost = (post: Post) => Promise<number>;

const timeoutMs = 10_000;
type LookupAll = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
const lookupAll: LookupAll = (host, done) => lookup(host, { all: true }, done);

/**
 * Returns a function that posts to webhooks. The connection itself looks up the host name, once, and connects only to
 * an address that passed the check. So a DNS record that changes after the check cannot redirect the request to a
 * private address. HTTP redirects are not followed.
 */
export function createSendPost(targets: WebhookTargets, resolve: LookupAll = lookupAll): SendPost {
  return ({ url, headers, body }) => {
    const problem = urlProblem(url, targets);
    if (problem !== undefined) return Promise.reject(new Error(`the address ${problem}`));
    return new Promise((answered, failed) => {
      const send = url.startsWith("https:") ? httpsRequest : httpRequest;
      const request = send(
        url,
        {
          method: "POST",
          headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
          lookup: checkedLookup(targets, resolve),
          signal: AbortSignal.timeout(timeoutMs),
          agent: false,
        },
        (response) => {
          response.resume();
          answered(response.statusCode ?? 0);
        },
      );
      request.once("error", failed).end(body);
    });
  };
}

function checkedLookup(targets: WebhookTargets, resolve: LookupAll): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const allowed = targets === "any" ? addresses : addresses?.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed ?? [];
      if (error || !first) {
        const refused = error ?? new Error(`${host} leads to no address of the internet`);
        return done(refused, options.all ? [] : "", 0);
      }
      return options.all ? done(null, [...(allowed ?? [])]) : done(null, first.address, first.family);
    });
  };
}
