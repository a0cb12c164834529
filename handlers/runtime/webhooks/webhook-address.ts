import { BlockList, isIP, isIPv6 } from "node:net";

/** `public`: only https to public addresses. `any`: also plain http, and private and loopback addresses. */
export type WebhookTargets = "public" | "any";

/** Ranges that are not public. https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6- */
const special = new BlockList();
for (const [range, length] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
  ] as const),
  ...([
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
]) {
  special.addSubnet(range, length, "ipv4");
}
/** All global unicast addresses start with 001. Tunnels to IPv4 and documentation are inside this range. */
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
const special6 = new BlockList();
for (const [range, length] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  special6.addSubnet(range, length, "ipv6");
}

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, "ipv4");
  return isIPv6(address) && global6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/** Returns why a URL is not allowed, from its text alone. Each delivery checks the addresses of host names. */
export function urlProblem(text: string, targets: WebhookTargets): string | undefined {
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must hold no user and password";
  if (targets === "any") return undefined;
  if (url.protocol !== "https:") return "must be https";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublicAddress(host)) return "must not be a private address";
  return undefined;
}
