import { createHash } from "node:crypto";
import { laptopAccountId } from "./laptop.ts";
import type { Place } from "./resource.ts";

export function arn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${laptopAccountId}:${resource}`;
}

/** ARNs of IAM and other global services have no region. */
export function globalArn(service: string, resource: string): string {
  return arn(service, "", resource);
}

/** Returns the last part of an ARN, after `:` or `/`. */
export function lastPart(value: string): string {
  return value.split(/[:/]/).at(-1) ?? value;
}

/** Returns the given name, or a name made from prefix and address, which is the same at each start. */
export function nameOf(given: string | undefined, prefix: string | undefined, place: Place): string {
  return given ?? `${prefix ?? "terraform-"}${addressId(place, 26)}`;
}

/** Returns a hexadecimal id that depends only on the place, so it stays the same after a restart. */
export function addressId(place: Place, size: number): string {
  return createHash("sha256").update(`${place.stack}/${place.address}`).digest("hex").slice(0, size);
}
