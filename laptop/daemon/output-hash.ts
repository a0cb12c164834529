import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Shows whether the running cloud has the present Terraform. The Terraform contains the hashes of the code. */
export function outputHash(output: string): string {
  if (!existsSync(output)) {
    throw new Error(`there is no synthesized Terraform in ${output}; synthesize first, or name its folder by --output`);
  }
  const names = readdirSync(output, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tf.json"));
  if (names.length === 0) {
    throw new Error(`${output} holds no stack (*.tf.json); synthesize first, or name another folder by --output`);
  }
  const hash = createHash("sha256");
  for (const name of names.sort())
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(join(output, name)));
  return hash.digest("hex");
}
