import { z } from "zod";
import { TerraformError } from "./errors.ts";
import type { State } from "./state.ts";
import { equal, type Value, type ValueMap } from "./value.ts";

const Name = z.string().regex(/^\w+$/, "the laptop can only ignore whole arguments");
const Lifecycle = z.strictObject({
  ignore_changes: z.union([z.literal("all"), z.array(z.literal("all").or(Name))]).optional(),
  // These two have no effect: data stays until `reset`.
  prevent_destroy: z.boolean().optional(),
  create_before_destroy: z.boolean().optional(),
});
const Kept = z.object({ arguments: z.record(z.string(), z.json()), replacedBy: z.json() });

export type Lifecycle = z.output<typeof Lifecycle>;

export function readLifecycle(given: Value | undefined): Lifecycle {
  const parsed = Lifecycle.safeParse(Array.isArray(given) ? given[0] : (given ?? {}));
  if (parsed.success) return parsed.data;
  const problem = z.prettifyError(parsed.error);
  throw new TerraformError("construct_unsupported", `this lifecycle does not run on the laptop: ${problem}`);
}

/**
 * Arguments whose changes are ignored keep the value of the first apply. A resource whose `triggers_replace` has
 * changed since then counts as new.
 */
export function keepIgnored(
  values: ValueMap,
  { lifecycle, place, state }: { lifecycle: Lifecycle; place: string; state: State },
): ValueMap {
  const ignored = [lifecycle.ignore_changes ?? []].flat();
  if (ignored.length === 0) return values;
  const names = ignored.includes("all") ? Object.keys(values) : ignored;
  const key = `ignored/${place}`;
  const replacedBy = values.triggers_replace ?? null;
  const known = state.get(key, Kept);
  const isSame = known !== undefined && equal(known.replacedBy as Value, replacedBy);
  const before = (isSame ? known.arguments : {}) as ValueMap;
  const kept = Object.fromEntries(names.flatMap((name) => entry(name, before) ?? entry(name, values) ?? []));
  state.set(key, { arguments: kept, replacedBy });
  return { ...values, ...kept };
}

function entry(name: string, from: ValueMap): [string, Value][] | undefined {
  const value = from[name];
  return value === undefined ? undefined : [[name, value]];
}
