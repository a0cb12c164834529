import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";

/** The rooms with sources of the functions and the Terraform. They are watched with their subfolders. */
const rooms = ["contract", "handlers", "modules", "config", "sql", "clients"];
/** Folders that are watched without their subfolders. */
const folders = [".", "tools"];
const irrelevant = /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)|\.(test|fixture|conformance)\.tsx?$|\.md$|~$/;
/** The time without events after which a save is complete. An editor saves in several steps and several files. */
const settleMs = 30;

export interface Saves {
  /** Returns the paths, relative to the root, of files saved since the last call. Waits for the first. */
  next(): Promise<{ readonly paths: ReadonlySet<string>; readonly since: number }>;
  stop(): void;
}

/**
 * Watches the files of a repository. Each folder has its own watcher, because Node's recursive watching loses a file
 * that an editor replaces with another.
 */
export function watchFiles(root: string): Saves {
  const watchers = new Map<string, FSWatcher>();
  let paths = new Set<string>();
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let arrived = Promise.withResolvers<void>();

  function note(path: string): void {
    if (paths.size === 0) since = performance.now();
    paths.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => arrived.resolve(), settleMs);
  }

  function watchFolder(folder: string, withFoldersBelow: boolean): void {
    if (watchers.has(folder) || !isFolder(join(root, folder))) return;
    const watcher = watch(join(root, folder), (_, name) => {
      const path = join(folder, name ?? "");
      if (irrelevant.test(path)) return;
      if (withFoldersBelow) watchFolder(path, true);
      note(path);
    });
    // The folder was deleted. The watcher of its parent reports that.
    watcher.on("error", () => watchers.delete(folder)).on("close", () => watchers.delete(folder));
    watchers.set(folder, watcher);
    if (!withFoldersBelow) return;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !irrelevant.test(path)) watchFolder(path, true);
    }
  }

  for (const room of rooms) watchFolder(room, true);
  for (const folder of folders) watchFolder(folder, false);
  return {
    next: async () => {
      await arrived.promise;
      arrived = Promise.withResolvers();
      const saved = { paths, since };
      paths = new Set();
      return saved;
    },
    stop: () => {
      clearTimeout(timer);
      for (const watcher of [...watchers.values()]) watcher.close();
    },
  };
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
