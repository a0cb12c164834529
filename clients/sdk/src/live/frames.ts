import type { StockLevel } from "./levels.ts";

export type LiveErrorCode = "bad_frame" | "bad_topic" | "forbidden";

export type ClientFrame =
  | { readonly action: "subscribe" | "unsubscribe"; readonly id: string; readonly topics: readonly string[] }
  | { readonly action: "ping" };

export type ServerFrame =
  | { readonly type: "subscribed" | "unsubscribed"; readonly id: string }
  | {
      readonly type: "snapshot";
      readonly topic: string;
      readonly levels: readonly StockLevel[];
      readonly last: boolean;
    }
  | { readonly type: "change"; readonly topic: string; readonly level: StockLevel }
  | { readonly type: "pong" }
  | { readonly type: "error"; readonly code: LiveErrorCode; readonly id?: string };

/** The maximum number of topics that the service accepts in one frame. */
export const topicsPerFrameMax = 50;

/** Parses a frame. Returns undefined for other text, because a later version of the service may send more. */
export function parseFrame(text: string): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    // The service's frames follow the contract. The switch on `type` ignores unknown types.
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
