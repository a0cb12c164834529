import type { z } from "zod";

/** Parses a function's environment variables at cold start. The error lists all that are missing or wrong. */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return variables[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
  });
  throw new Error(
    `Environment not valid: ${problems.join("; ")}. Set these variables on the function (modules/ types them).`,
  );
}
