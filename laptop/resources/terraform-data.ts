import { z } from "zod";
import { addressId } from "./naming.ts";
import { defineResource, ignored } from "./resource.ts";

/** Stores a value in the state. With `ignore_changes` the first value stays. */
export const terraformData = defineResource({
  type: "terraform_data",
  arguments: {
    input: z.json().optional(),
    triggers_replace: ignored("the stack itself evaluates it, for arguments with ignored changes"),
  },
  apply: (args, _, place) => ({ id: addressId(place, 32), output: args.input ?? null }),
  remove: "leaves nothing",
});
