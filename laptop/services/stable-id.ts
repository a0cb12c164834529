import { createHash } from "node:crypto";

/** Ten characters, as API Gateway's ids; always the same for the same name. */
export function stableId(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex");
  return BigInt(`0x${digest}`).toString(36).slice(0, 10);
}

/** An id in the form of a UUID; always the same for the same name. */
export function stableUuid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
