import type { Duplex } from "node:stream";

/** Why an upgrade is refused. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly message: string;
  /** For the log. The client does not see it. */
  readonly detail?: string;
}

export const unauthorized: UpgradeRefusal = { status: 401, message: "Unauthorized" };
export const forbidden: UpgradeRefusal = { status: 403, message: "Forbidden" };
export const tooManyRequests: UpgradeRefusal = { status: 429, message: "Too Many Requests" };

export function failed(detail: string): UpgradeRefusal {
  return { status: 500, message: "Internal server error", detail };
}

export function isRefusal(value: object): value is UpgradeRefusal {
  return "status" in value && "message" in value;
}

const reasons: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

/** Answers the upgrade with the refusal and ends the connection. */
export function writeRefusal(stream: Duplex, { status, message }: UpgradeRefusal): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
