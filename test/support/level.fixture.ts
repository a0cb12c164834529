import { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Level } from "../../contract/level.ts";

/** Returns a level in which only `onHand` is not 0. By default `onHand` equals the version. */
export function levelOf(name: { sku: string; location?: string; version: number; onHand?: number }): Level {
  const { version, onHand = version } = name;
  return {
    sku: Sku.parse(name.sku),
    location: LocationId.parse(name.location ?? "LEEDS"),
    version,
    onHand,
    reserved: 0,
    incoming: 0,
    damaged: 0,
    qualityHold: 0,
    safety: 0,
    backorderLimit: 0,
    available: onHand,
    sellable: onHand,
    updatedAt: version === 0 ? null : new Date().toISOString(),
  };
}
