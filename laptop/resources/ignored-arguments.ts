import { z } from "zod";

/** Returns the path of each argument without effect, also inside blocks, with the reason. */
export function ignoredArguments(schema: z.ZodType, path = ""): readonly (readonly [path: string, reason: unknown])[] {
  const reason = schema.meta()?.ignored;
  if (reason !== undefined) return [[path, reason]];
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, part]) =>
      ignoredArguments(part, path === "" ? key : `${path}.${key}`),
    );
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return ignoredArguments(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodPipe) return ignoredArguments(schema.out as z.ZodType, path);
  return schema instanceof z.ZodArray ? ignoredArguments(schema.element as z.ZodType, path) : [];
}
