import type { z } from "zod";
import type { Action } from "../services/index.ts";
import { defined } from "./defined.ts";
import { blocks, number, optionalBlock, refused, text } from "./resource.ts";

const noChallenge = "the laptop has no page for puzzles";

const header = { name: text(), value: text() };
const requestHandling = () => optionalBlock({ insert_header: blocks(header) });

export const ActionArguments = {
  allow: optionalBlock({ custom_request_handling: requestHandling() }),
  block: optionalBlock({
    custom_response: optionalBlock({
      response_code: number(),
      custom_response_body_key: text().optional(),
      response_header: blocks(header).default([]),
    }),
  }),
  count: optionalBlock({ custom_request_handling: requestHandling() }),
  captcha: refused(noChallenge),
  challenge: refused(noChallenge),
} as const;

export function actionOf(given: z.infer<z.ZodObject<typeof ActionArguments>>): Action {
  const { allow, block: blocked, count } = given;
  const response = blocked?.custom_response;
  if (response) {
    const headers = response.response_header.map(({ name, value }) => [name, value] as const);
    if (headers.some(([name]) => name.toLowerCase() === "content-type")) {
      throw new Error("a custom response gets its Content-Type from its body, not from a header");
    }
    const { response_code: status, custom_response_body_key: bodyKey } = response;
    return { kind: "block", response: defined({ status, bodyKey, headers }) };
  }
  if (blocked) return { kind: "block" };
  const inserted = (allow ?? count)?.custom_request_handling?.insert_header ?? [];
  const insertHeaders = inserted.map(({ name, value }) => [name, value] as const);
  if (!allow && !count) throw new Error("an action must be allow, block or count");
  return { kind: allow ? "allow" : "count", insertHeaders };
}
