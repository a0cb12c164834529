import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { unzipSync } from "fflate";

export interface Bundle {
  readonly taskRoot: string;
  readonly codeSha256: string;
  readonly codeSize: number;
}

/** Unpacks a zip into a folder below `folder`. The same content is unpacked once. */
export async function unpackBundle(options: { zip: string; folder: string; name: string }): Promise<Bundle> {
  const bytes = await readFile(options.zip).catch((cause: unknown) => {
    throw new Error(`function ${options.name}: its bundle ${options.zip} cannot be read; build the bundles first`, {
      cause,
    });
  });
  const digest = createHash("sha256").update(bytes).digest();
  // The folder is named after the content, so that changed code gets a folder of its own.
  const taskRoot = resolve(options.folder, `${options.name}-${digest.toString("hex").slice(0, 16)}`);
  if (!existsSync(taskRoot)) await unpack({ bytes, taskRoot, name: options.name });
  return { taskRoot, codeSha256: digest.toString("base64"), codeSize: bytes.byteLength };
}

async function unpack(options: { bytes: Uint8Array; taskRoot: string; name: string }): Promise<void> {
  const { bytes, taskRoot, name } = options;
  // First into a temporary folder: an interrupted start must not leave a folder that looks complete.
  const partial = `${taskRoot}.${process.pid}.partial`;
  for (const [entry, content] of Object.entries(unzipSync(bytes))) {
    const path = join(partial, entry);
    if (!path.startsWith(partial + sep))
      throw new Error(`function ${name}: its bundle holds "${entry}", outside of its root`);
    if (entry.endsWith("/")) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  await rename(partial, taskRoot).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(taskRoot)) throw error;
  });
}
