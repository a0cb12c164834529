import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import type { Construct } from "constructs";
import { physicalName } from "../naming.ts";

const yearSeconds = 31_536_000;

export interface PageHeadersProps {
  readonly name: string;
  readonly tls: "on" | "off";
  /** Origins that the pages may call besides their own, such as the issuer of tokens. */
  readonly connectTo: readonly string[];
}

/** What a browser lets the pages do: run their own scripts alone, call their own origin and those named, be framed by nobody. */
export function pageHeaders(scope: Construct, props: PageHeadersProps): CloudfrontResponseHeadersPolicy {
  const sources: Readonly<Record<string, readonly string[]>> = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    // React sets style attributes, and Mantine writes a style element.
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    // The own origin covers its WebSocket too.
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
