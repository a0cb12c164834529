import type { GatewayRefusal } from "./gateway-response.ts";

/** What a caller is answered. */
export interface GatewayAnswer {
  readonly status: number;
  /** A name may come several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** An answer, or why the gateway gives one of its own instead. */
export type AnswerOrRefusal = GatewayAnswer | { readonly refusal: GatewayRefusal };
