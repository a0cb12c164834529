import { z } from "zod";
import { EngineError } from "../wire.ts";

export const validationError = (message: string) =>
  new EngineError({ code: "ValidationException", status: 400, message });

/** @throws EngineError `ValidationException` when the input does not have the shape */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw validationError(z.prettifyError(result.error));
  return result.data;
}
