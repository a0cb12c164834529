import { Environment } from "./environment.ts";

export async function handler(_event: { action: "migrate" | "partitions" }): Promise<unknown> {
  const environment = Environment.parse(process.env);
  throw new Error(`The migrator of ${environment.ENVIRONMENT} is not built yet`);
}
