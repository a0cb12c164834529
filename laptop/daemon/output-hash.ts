import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns a hash of the Terraform, which contains the hashes of the code. It shows whether the cloud is up to date. */
export function outputHash(output: string): string {
  if (!existsSync(output)) {
    throw new Error(
      `there is no synthesized Terraform in ${output}; synthesize first, or set its folder with --output`,
    );
  }
  const names = readdirSync(output, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tf.json"));
  if (names.length === 0) {
    throw new Error(`${output} has no stack (*.tf.json); synthesize first, or set another folder with --output`);
  }
  const hash = createHash("sha256");
  for (const name of names.sort())
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(join(output, name)));
  return hash.digest("hex");
}
