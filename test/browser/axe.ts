import axe from "axe-core";
import type { Page } from "playwright-core";
import { z } from "zod";

const AxeResults = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** Returns the violations that axe finds, each as the rule and its elements. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = AxeResults.parse(await page.evaluate("axe.run(document)"));
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
