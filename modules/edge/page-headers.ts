import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import type { Construct } from "constructs";
import { physicalName } from "../naming.ts";

const yearSeconds = 31_536_000;

export interface PageHeadersProps {
  readonly name: string;
  readonly tls: "on" | "off";
  /** Other origins that the pages may call, such as the issuer of tokens. */
  readonly connectTo: readonly string[];
}

/**
 * Makes the policy of the pages' security headers. A page may run only its own scripts and call only its own origin and
 * those in `connectTo`. No site may show it in a frame.
 */
export function pageHeaders(scope: Construct, props: PageHeadersProps): CloudfrontResponseHeadersPolicy {
  const sources: Readonly<Record<string, readonly string[]>> = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    // React sets style attributes, and Mantine writes a style element.
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    // `'self'` also allows a WebSocket to the same origin.
    "connect-src": ["'self'", ...props.connectTo],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  };
  const contentSecurityPolicy = Object.entries(sources)
    .map(([directive, values]) => [directive, ...values].join(" "))
    .join("; ");
  return new CloudfrontResponseHeadersPolicy(scope, "page-headers", {
    name: physicalName("edgePolicy", props.name, "page-headers"),
    securityHeadersConfig: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: "DENY", override: true },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: props.tls === "on" ? { accessControlMaxAgeSec: yearSeconds, override: true } : undefined,
    },
  });
}
