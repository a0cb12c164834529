import type { CachePolicy } from "./edge-service.ts";
import { headerValue, type RawHeaders } from "./raw-headers.ts";

/**
 * The viewer's Accept-Encoding, reduced to the encodings of the cache policy; `identity` when it accepts none of them.
 * Undefined when the viewer sent no such header.
 */
export function reducedEncoding(headers: RawHeaders, encodings: CachePolicy["encodings"]): string | undefined {
  const accepted = headerValue(headers, "accept-encoding");
  if (accepted === undefined) return undefined;
  const names = new Set(accepted.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase() ?? ""));
  const common = encodings.filter((encoding) => names.has(encoding));
  return common.length > 0 ? common.join(",") : "identity";
}
