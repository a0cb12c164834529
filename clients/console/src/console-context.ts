import { createContext, useContext } from "react";
import type { ConsoleConfig } from "./config.ts";

export interface ConsoleFrame {
  readonly config: ConsoleConfig;
  /** The subject of the user's token. */
  readonly subject: string;
  readonly leave: () => void;
}

export const ConsoleContext = createContext<ConsoleFrame | undefined>(undefined);

export function useConsole(): ConsoleFrame {
  const frame = useContext(ConsoleContext);
  if (frame === undefined) throw new Error("useConsole needs a <ConsoleContext> above it");
  return frame;
}
