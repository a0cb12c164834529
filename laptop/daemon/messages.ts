import { z } from "zod";

/** Messages from the daemon to the command that started it. */
export const DaemonMessage = z.discriminatedUnion("kind", [
  /** The step that begins. The step before it has finished. */
  z.object({ kind: z.literal("step"), title: z.string() }),
  z.object({ kind: z.literal("note"), line: z.string() }),
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);

export type DaemonMessage = z.infer<typeof DaemonMessage>;

const Change = z.object({
  kind: z.enum(["created", "changed", "removed", "kept"]),
  type: z.string(),
  address: z.string(),
  path: z.string(),
});

/** Messages from a running daemon to the command that asked it to apply an output. */
export const ApplyMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("note"), line: z.string() }),
  z.object({ kind: z.literal("applied"), changes: z.array(Change) }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);

export type ApplyMessage = z.infer<typeof ApplyMessage>;

export const DaemonOptions = z.object({
  folder: z.string(),
  output: z.string(),
  storage: z.enum(["disk", "memory"]),
  audience: z.string().min(1),
  variables: z.record(z.string(), z.string()),
  /** Module that exports startCloud. */
  cloudModule: z.url(),
});

export type DaemonOptions = z.infer<typeof DaemonOptions>;
