import { z } from "zod";
import { addressId } from "./naming.ts";
import { defineResource, ignored } from "./resource.ts";

/** Keeps a value in the state. With `ignore_changes` the first value stays. */
export const terraformData = defineResource({
  type: "terraform_data",
  arguments: {
    input: z.json().optional(),
    triggers_replace: ignored("the stack itself looks at it, for arguments whose changes are ignored"),
  },
  apply: (args, _, place) => ({ id: addressId(place, 32), output: args.input ?? null }),
  remove: "leaves nothing",
});
