import type { Endpoints } from "../daemon/endpoints.ts";

export function printEndpoints({ aws, ...named }: Endpoints): void {
  const width = Math.max(...Object.keys(named).map((name) => name.length));
  for (const [name, url] of Object.entries(named)) console.log(`  ${name.padEnd(width)}  ${String(url)}`);
  console.log(`  ${"aws".padEnd(width)}  ${[...new Set(Object.values(aws))].length} engines, see status`);
}
