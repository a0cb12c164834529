import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Engine, EngineOptions } from "./engine.ts";
import { removeEngineFolder } from "./engine-folders.ts";
import { endProcess, identify } from "./process-identity.ts";

/** The tests that every engine must pass. */
export function describeEngine(
  name: string,
  engine: {
    readonly start: (options: EngineOptions) => Promise<Engine>;
    readonly write: (endpoint: string) => Promise<void>;
    readonly read: (endpoint: string) => Promise<unknown>;
    readonly expected: unknown;
  },
): void {
  describe(name, () => {
    const folders: string[] = [];
    const running: Engine[] = [];
    const folder = () => {
      const made = mkdtempSync(join(tmpdir(), "engine-"));
      folders.push(made);
      return made;
    };
    const start = async (options: EngineOptions) => {
      const started = await engine.start(options);
      running.push(started);
      return started;
    };
    afterEach(async () => {
      await Promise.all(running.splice(0).map((started) => started.stop()));
      for (const made of folders.splice(0)) removeEngineFolder(made);
    });

    it("keeps acknowledged data (disk, SIGKILL)", async () => {
      const options = { folder: folder(), storage: "disk" } as const;
      const first = await start(options);
      await engine.write(first.endpoint);
      for (const pid of first.pids) await kill(pid);
      const second = await start(options);
      expect(await engine.read(second.endpoint)).toEqual(engine.expected);
    });

    it("keeps acknowledged data (disk, stopped and started)", async () => {
      const options = { folder: folder(), storage: "disk" } as const;
      const first = await start(options);
      await engine.write(first.endpoint);
      await first.stop();
      expect(first.pids.map(identify)).toEqual(first.pids.map(() => undefined));
      const second = await start(options);
      expect(await engine.read(second.endpoint)).toEqual(engine.expected);
    });

    it("ends the process that a killed owner left running, and uses its port and data", async () => {
      const options = { folder: folder(), storage: "disk" } as const;
      const orphan = await start(options);
      await engine.write(orphan.endpoint);
      const second = await start({ ...options, port: Number(new URL(orphan.endpoint).port) });
      expect(orphan.pids.map(identify)).toEqual(orphan.pids.map(() => undefined));
      expect(await engine.read(second.endpoint)).toEqual(engine.expected);
    });

    it("names the port that another process uses", async () => {
      const port = Number(new URL((await start({ folder: folder(), storage: "memory" })).endpoint).port);
      await expect(start({ folder: folder(), storage: "memory", port })).rejects.toThrow(`port ${port}`);
    });
  });
}

async function kill(pid: number): Promise<void> {
  const target = identify(pid);
  if (target !== undefined) await endProcess(target, { signal: "SIGKILL", graceMs: 10_000 });
}
