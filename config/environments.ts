import { dev } from "./dev.ts";
import type { Environment } from "./environment.ts";
import { laptop } from "./laptop.ts";
import { prod } from "./prod.ts";
import { staging } from "./staging.ts";

export const environments: readonly Environment[] = [laptop, dev, staging, prod];

/** Returns all environments, or only the named one. @throws when there is none with that name */
export function chosenEnvironments(name: string | undefined): readonly Environment[] {
  if (!name) return environments;
  const chosen = environments.filter((environment) => environment.name === name);
  if (chosen.length > 0) return chosen;
  const known = environments.map((environment) => environment.name).join(", ");
  throw new Error(
    `There is no environment "${name}" in config/. Set HOLDFAST_ENVIRONMENT to one of ${known}, or to none for all.`,
  );
}
