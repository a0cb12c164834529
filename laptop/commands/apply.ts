import { resolve } from "node:path";
import { applyOutput } from "../daemon/control.ts";
import type { StatePaths } from "../daemon/state-folder.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";
import { createStepPrinter } from "./step-printer.ts";

export const apply = defineCommand({
  summary: "apply changed Terraform to the running cloud, without stopping it",
  help: ["--output DIR        the synthesized Terraform (default: cdktf.out)", folderHelp],
  options: { ...folderOption, output: { type: "string", default: "cdktf.out" } },
  run: async ({ folder, output }) => {
    await applyAndPrint(pathsOf(folder), resolve(output));
    return exitCodes.ok;
  },
});

/** Applies the output and prints the changes. @throws when it cannot be applied */
export async function applyAndPrint(paths: StatePaths, output: string): Promise<void> {
  const printer = createStepPrinter();
  printer.step("applying the synthesized Terraform");
  try {
    const changes = await applyOutput(paths, output, printer.note);
    for (const { kind, address } of changes) printer.note(`${kind} ${address}`);
    printer.done(changes.length === 0 ? "nothing has changed" : "applied");
  } catch (error) {
    printer.failed();
    throw error;
  }
}
