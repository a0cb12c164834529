import type { Policy } from "../../contract/level.ts";
import { movementKinds } from "../../contract/movement-kind.ts";
import { guardsOf } from "./guard.ts";
import { type LevelPlace, type LevelRecord, placeName, toPolicy } from "./level.ts";
import type { LevelChange } from "./level-change.ts";
import { movementOf } from "./movement.ts";
import { composePlan, type Decision, type Needs, type PlanContext } from "./plan.ts";
import { versionMoved } from "./refusal.ts";

export interface PolicyRequest {
  readonly place: LevelPlace;
  readonly policy: Policy;
  readonly expectedVersion: number | undefined;
}

export const policyNeeds = ({ place }: PolicyRequest): Needs => ({
  existence: movementKinds.policy.existence,
  skus: [place.sku],
  locations: [place.location],
});

/**
 * Plans a policy as a compare: its deltas depend on the policy that is stored. A policy equal to the stored one changes
 * nothing.
 */
export function planPolicy(planContext: PlanContext, request: PolicyRequest, level: LevelRecord | undefined): Decision {
  const { place, policy, expectedVersion } = request;
  const current = toPolicy(level);
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    return versionMoved(placeName(place), expectedVersion, current.version);
  }
  if (samePolicy(current, policy)) return { kind: "keep" };
  const deltas = movementKinds.policy.deltas(policy, current);
  const change: LevelChange = {
    place,
    movement: movementOf(planContext, { kind: "policy", quantity: null, deltas, index: 0 }),
    guards: guardsOf("policy", deltas),
    version: { number: current.version, by: "read" },
    lowStock: { value: policy.lowStock },
  };
  return composePlan(planContext, {
    answer: { type: "movements", movements: [{ id: change.movement.id, kind: "policy", ...place, quantity: null }] },
    needs: policyNeeds(request),
    changes: [change],
  });
}

const samePolicy = (a: Policy, b: Policy): boolean =>
  a.safety === b.safety &&
  a.backorderLimit === b.backorderLimit &&
  a.lowStock?.threshold === b.lowStock?.threshold &&
  a.lowStock?.clear === b.lowStock?.clear;
