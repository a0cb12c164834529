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

/** Topics in one frame, as the service takes them. */
export const topicsPerFrameMax = 50;

/** The frame, or undefined for what is none: a later version of the service may say more than this one knows. */
export function parseFrame(text: string): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    // What the service sends follows the contract; the switch on `type` ignores what is not known.
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
