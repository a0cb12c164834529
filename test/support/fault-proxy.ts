import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What the proxy does to one call. A call with `conflict`, `throttle`, `breakBefore` or `timeoutBefore` has no effect
 * on the table. A call with `breakAfter` or `timeoutAfter` has its effect, but the client gets no answer. A call with
 * `withhold` has its effect only when the test delivers it later.
 */
const faults = [
  "conflict",
  "throttle",
  "breakBefore",
  "breakAfter",
  "timeoutBefore",
  "timeoutAfter",
  "withhold",
] as const;
export type Fault = (typeof faults)[number];

interface Call {
  /** The DynamoDB operation, such as `TransactWriteItems`. */
  readonly operation: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

export interface FaultProxy {
  readonly endpoint: string;
  /** How often each fault was injected. A test of faults must check that they happened. */
  readonly injectedCounts: Readonly<Record<Fault, number>>;
  /** Calls with `withhold`. They timed out for their client, but the test can still deliver them. */
  readonly withheld: readonly Call[];
  /** Sends a withheld call to the engine and returns the engine's answer. */
  deliver(call: Call): Promise<{ status: number; body: string }>;
  stop(): Promise<void>;
}

/** Starts a proxy for DynamoDB that injects the fault that `choose` returns for a call. */
export async function startFaultProxy(
  target: string,
  choose: (call: Call) => Fault | undefined | Promise<Fault | undefined>,
): Promise<FaultProxy> {
  const injectedCounts = Object.fromEntries(faults.map((fault) => [fault, 0])) as Record<Fault, number>;
  const withheld: Call[] = [];
  const deliver = (call: Call) => forward(target, call);

  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    const fault = await choose(call);
    if (fault) injectedCounts[fault] += 1;
    if (fault === "withhold") withheld.push(call);
    if (!fault || fault === "breakAfter" || fault === "timeoutAfter") {
      const answer = await deliver(call);
      if (!fault) return send(response, answer);
    }
    if (fault === "breakBefore" || fault === "breakAfter") return void response.destroy();
    if (fault === "conflict" || fault === "throttle") return send(response, refusal(fault, call));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    injectedCounts,
    withheld,
    deliver,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const passed = ["content-type", "x-amz-target", "x-amz-date", "authorization"] as const;
  const headers = Object.fromEntries(passed.map((name) => [name, String(request.headers[name] ?? "")]));
  const [, operation = ""] = (headers["x-amz-target"] ?? "").split(".");
  return { operation, headers, body: Buffer.concat(chunks).toString() };
}

async function forward(target: string, { headers, body }: Call): Promise<{ status: number; body: string }> {
  const answer = await fetch(target, { method: "POST", headers, body });
  return { status: answer.status, body: await answer.text() };
}

function send(response: ServerResponse, { status, body }: { status: number; body: string }): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
}

/** Returns the refusal with DynamoDB's own names. The local engine produces neither of them. */
function refusal(fault: "conflict" | "throttle", { operation, body }: Call): { status: number; body: string } {
  if (fault === "throttle") return exception("ThrottlingException", {});
  if (operation !== "TransactWriteItems") return exception("TransactionConflictException", {});
  const { TransactItems } = JSON.parse(body) as { TransactItems: unknown[] };
  const CancellationReasons = TransactItems.map((_, index) => ({
    Code: index === TransactItems.length - 1 ? "TransactionConflict" : "None",
  }));
  return exception("TransactionCanceledException", { CancellationReasons });
}

function exception(name: string, fields: Record<string, unknown>): { status: number; body: string } {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "injected", ...fields };
  return { status: 400, body: JSON.stringify(body) };
}
