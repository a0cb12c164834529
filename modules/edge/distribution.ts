import {
  CloudfrontDistribution,
  type CloudfrontDistributionOrderedCacheBehavior,
  type CloudfrontDistributionOrigin,
} from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { keepFiles, keepNothing, keepPublicAnswers, passAllButHost } from "./caching.ts";
import type { Firewall } from "./firewall.ts";
import type { OriginGuard } from "./origin-guard.ts";
import { pageHeaders } from "./page-headers.ts";
import type { Site } from "./site.ts";

export interface DistributionProps {
  /** First part of the names of its policies. */
  readonly name: string;
  /** Shown in CloudFront's console. */
  readonly description: string;
  /** Files for every path that belongs to no API. `index.html` is the root. */
  readonly site: Site;
  /** Other origins that pages of the site may call. */
  readonly connectTo: readonly string[];
  /** Stages of APIs with their paths. A request goes to the first path that matches. */
  readonly apis: readonly ApiOrigin[];
  /** Longest time that a response is cached, on paths that cache. `s-maxage` may shorten it. @default 60 */
  readonly keptSecondsMax?: number;
  /** CloudFront adds the guard's header to every request to an API. */
  readonly guard: OriginGuard;
  readonly firewall: Firewall;
  /** `off` is only for an edge on the loopback. @default on */
  readonly tls?: "on" | "off";
  /** Regions of the world that CloudFront answers from. @default PriceClass_100: North America and Europe */
  readonly priceClass?: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /** A custom domain with its certificate in us-east-1. @default a domain of CloudFront */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
}

export interface ApiOrigin {
  /** Unique among the origins. */
  readonly name: string;
  /** URL of the stage. */
  readonly url: string;
  /** CloudFront patterns that begin with the stage's name. `keepsAnswers`: responses are cached. @default false */
  readonly paths: readonly { readonly pattern: `/${string}`; readonly keepsAnswers?: boolean }[];
}

/** CloudFront would cache these errors for 10 s, whatever the origin says. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html */
const keptErrors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];
const everyMethod = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];
const readMethods = ["GET", "HEAD"];
const siteId = "site";
/** One second more than the gateway waits for a function. */
const originWaitSeconds = 30;

/**
 * One CloudFront domain for the files of a site and for APIs. Each API has the paths of its stage.
 * @example
 * const guard = new OriginGuard(stack, "guard", { name: "shop-origin" });
 * guard.protect(restApi.stage);
 * new Distribution(stack, "edge", {
 *   name: "shop-edge",
 *   description: "Shop",
 *   site: new Site(stack, "pages", { name: "shop-pages-123456789012", files: [] }),
 *   connectTo: ["https://login.example.com"],
 *   apis: [{ name: "rest", url: restApi.url, paths: [{ pattern: "/v1/items*", keepsAnswers: true }, { pattern: "/v1/*"
 * }] }],   guard,   firewall: new Firewall(stack, "firewall", { name: "shop", requestsPerMinuteMax: 6_000, apiPath:
 * "/v1/" }), });
 */
export class Distribution extends Construct {
  readonly distribution: CloudfrontDistribution;
  /** The domain that users open: the custom one, or CloudFront's. */
  readonly domainName: string;

  constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    const { site, domain, guard } = props;
    const tls = props.tls ?? "on";
    this.distribution = new CloudfrontDistribution(this, "distribution", {
      comment: props.description,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: props.priceClass ?? "PriceClass_100",
      aliases: domain && [domain.name],
      viewerCertificate: domain
        ? {
            acmCertificateArn: domain.certificateArn,
            sslSupportMethod: "sni-only",
            minimumProtocolVersion: "TLSv1.2_2021",
          }
        : { cloudfrontDefaultCertificate: true },
      webAclId: props.firewall.acl.arn,
      defaultRootObject: "index.html",
      origin: [this.#siteOrigin(props), ...props.apis.map((api) => apiOrigin(api, guard, tls))],
      defaultCacheBehavior: {
        targetOriginId: siteId,
        allowedMethods: readMethods,
        cachedMethods: readMethods,
        compress: true,
        viewerProtocolPolicy: tls === "on" ? "redirect-to-https" : "allow-all",
        cachePolicyId: keepFiles(this, props.name).id,
        responseHeadersPolicyId: pageHeaders(this, { name: props.name, tls, connectTo: props.connectTo }).id,
      },
      orderedCacheBehavior: this.#behaviors(props),
      customErrorResponse: keptErrors.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
    });
    this.domainName = domain?.name ?? this.distribution.domainName;
    site.servedBy(this.distribution.arn);
  }

  #siteOrigin({ site, name }: DistributionProps): CloudfrontDistributionOrigin {
    const access = new CloudfrontOriginAccessControl(this, "site-access", {
      name: physicalName("originAccess", name),
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    return {
      originId: siteId,
      domainName: site.bucket.bucket.bucketRegionalDomainName,
      originAccessControlId: access.id,
    };
  }

  #behaviors({
    name,
    apis,
    tls,
    keptSecondsMax = 60,
  }: DistributionProps): CloudfrontDistributionOrderedCacheBehavior[] {
    const passing = passAllButHost(this, name).id;
    const nothing = keepNothing(this, name).id;
    const answers = keepPublicAnswers(this, name, keptSecondsMax).id;
    return apis.flatMap((api) =>
      api.paths.map(({ pattern, keepsAnswers = false }) => ({
        pathPattern: pattern,
        targetOriginId: api.name,
        allowedMethods: everyMethod,
        cachedMethods: readMethods,
        // Compression makes ETags weak, and clients send ETags back in If-Match.
        compress: false,
        viewerProtocolPolicy: tls === "off" ? "allow-all" : "https-only",
        cachePolicyId: keepsAnswers ? answers : nothing,
        originRequestPolicyId: passing,
      })),
    );
  }
}

function apiOrigin({ name, url }: ApiOrigin, guard: OriginGuard, tls: "on" | "off"): CloudfrontDistributionOrigin {
  return {
    originId: name,
    // The host of `scheme://host/stage`.
    domainName: Fn.element(Fn.split("/", url), 2),
    customHeader: [{ name: guard.header, value: guard.secret }],
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: tls === "on" ? "https-only" : "http-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout: originWaitSeconds,
    },
  };
}
