import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSockets } from "./sockets.ts";

/** Starts a fake gateway. The id of a connection decides the status of the response. */
async function gateway() {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push(`${request.method} ${decodeURIComponent(request.url ?? "")} ${body}`.trim());
    const status = request.url?.includes("gone") ? 410 : request.url?.includes("denied") ? 403 : 200;
    const error = { 410: "GoneException", 403: "ForbiddenException", 200: undefined }[status];
    response.writeHead(status, error ? { "x-amzn-ErrorType": error } : {}).end(error && "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  onTestFinished(() => void vi.unstubAllEnvs());
  return { requests, sockets: createSockets(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`) };
}

describe("createSockets", () => {
  it("posts to and ends connections below the address that clients connect to", async () => {
    const { requests, sockets } = await gateway();
    expect(await sockets.post("abc=", { type: "pong" })).toBe(true);
    await sockets.end("abc=");
    expect(requests).toEqual(['POST /live/@connections/abc= {"type":"pong"}', "DELETE /live/@connections/abc="]);
  });

  it("returns false for a connection that is gone (410), and ends it without an error", async () => {
    const { sockets } = await gateway();
    expect(await sockets.post("gone", { type: "pong" })).toBe(false);
    await sockets.end("gone");
  });

  it("throws for any other refusal of the gateway", async () => {
    const { sockets } = await gateway();
    await expect(sockets.post("denied", { type: "pong" })).rejects.toMatchObject({ name: "ForbiddenException" });
    await expect(sockets.end("denied")).rejects.toMatchObject({ name: "ForbiddenException" });
  });
});
