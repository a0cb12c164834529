import { createHash } from "node:crypto";
import { Token } from "cdktf";

/**
 * Length and alphabet of physical names, by kind. Sources: the quota page of each service
 * (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html), read 2026-11.
 */
export const nameLimits = {
  table: { lengthMax: 255, lengthMin: 3, alphabet: /^[A-Za-z0-9_.-]+$/ },
  stream: { lengthMax: 128, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  deliveryStream: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  queue: { lengthMax: 80, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
  function: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
  role: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_+=,.@-]+$/ },
  eventBus: { lengthMax: 256, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  eventRule: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  eventArchive: { lengthMax: 48, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  schedule: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  logGroup: { lengthMax: 512, lengthMin: 1, alphabet: /^[A-Za-z0-9_./#-]+$/ },
  bucket: { lengthMax: 63, lengthMin: 3, alphabet: /^[a-z0-9][a-z0-9-]*[a-z0-9]$/ },
  database: { lengthMax: 63, lengthMin: 1, alphabet: /^[a-z](-?[a-z0-9])*$/ },
  cache: { lengthMax: 40, lengthMin: 1, alphabet: /^[a-z](-?[a-z0-9])*$/ },
  securityGroup: { lengthMax: 255, lengthMin: 1, alphabet: /^(?!sg-)[A-Za-z0-9 _.:/()#,@[\]+=&;{}!$*-]+$/ },
  keyAlias: { lengthMax: 250, lengthMin: 1, alphabet: /^(?!aws\/)[A-Za-z0-9/_-]+$/ },
  alarm: { lengthMax: 255, lengthMin: 1, alphabet: /^[A-Za-z0-9_.-]+$/ },
  dashboard: { lengthMax: 255, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
  api: { lengthMax: 255, lengthMin: 1, alphabet: /^[A-Za-z0-9 _.-]+$/ },
  webAcl: { lengthMax: 128, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
  edgePolicy: { lengthMax: 128, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
  originAccess: { lengthMax: 64, lengthMin: 1, alphabet: /^[A-Za-z0-9_-]+$/ },
} as const;
export type NamedKind = keyof typeof nameLimits;

const digestLength = 8;

/**
 * Returns a physical name: the parts joined by `-`. A name that is too long for its service is cut and gets a digest of
 * the whole name at its end, so two long names stay different. Names that only Terraform knows are returned as they
 * are.
 * @throws when a character is not allowed, or the name is too short
 */
export function physicalName(kind: NamedKind, ...parts: readonly [string, ...string[]]): string {
  const whole = parts.join("-");
  if (Token.isUnresolved(whole)) return whole;
  const { lengthMax, lengthMin, alphabet } = nameLimits[kind];
  if (whole.length < lengthMin || !alphabet.test(whole)) {
    throw new Error(
      `The name "${whole}" does not fit a ${kind}: it takes ${lengthMin} to ${lengthMax} characters of ${alphabet}. Change the name given to the construct.`,
    );
  }
  if (whole.length <= lengthMax) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, digestLength);
  return `${whole.slice(0, lengthMax - digestLength - 1).replace(/[^A-Za-z0-9]+$/, "")}-${digest}`;
}
