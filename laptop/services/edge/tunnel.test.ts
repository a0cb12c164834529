import { describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { eventually } from "../services.fixture.ts";
import { allViewerExceptHost, type EdgeGiven, startEdge, startOrigin } from "./edge.fixture.ts";

async function sockets(given: EdgeGiven = {}) {
  const origin = await startOrigin((_, response) => void response.writeHead(401, { "X-Why": "token" }).end("no"));
  const server = new WebSocketServer({ noServer: true });
  origin.server.on("upgrade", (request, socket, head) => {
    if (request.url?.includes("bad")) {
      return void socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    }
    server.handleUpgrade(request, socket, head, (opened) => {
      opened.send(JSON.stringify({ url: request.url, verify: request.headers["x-verify"] }));
      opened.on("message", (data) => opened.send(String(data)));
    });
  });
  const edge = await startEdge({
    port: origin.port,
    origin: { customHeaders: [["X-Verify", "edge"]] },
    behaviour: { originRequestPolicyId: allViewerExceptHost },
    ...given,
  });
  return { ...edge, url: edge.base.replace("http", "ws"), server };
}
const opened = (socket: WebSocket) =>
  new Promise<string>((resolve, reject) => {
    socket.once("message", (data) => resolve(String(data))).once("error", reject);
  });

describe("WebSockets", () => {
  it("reach the origin by the same rules, and close when either side closes", async () => {
    const { url, server } = await sockets();
    const socket = new WebSocket(`${url}/live?token=a`, { headers: { "X-Verify": "viewer" } });
    expect(JSON.parse(await opened(socket))).toEqual({ url: "/live?token=a", verify: "edge" });
    const big = "x".repeat(100_000);
    socket.send(big);
    expect(await opened(socket)).toBe(big);
    const closed = new Promise<number>((resolve) => void socket.once("close", resolve));
    for (const client of server.clients) client.close(4_001);
    expect(await closed).toBe(4_001);
    const next = new WebSocket(`${url}/live`);
    await opened(next);
    next.terminate();
    await eventually(() => expect(server.clients.size).toBe(0));
  });

  it("get the origin's refusal, and need a policy that forwards the handshake", async () => {
    const { url } = await sockets();
    await expect(opened(new WebSocket(`${url}/bad`))).rejects.toThrow("401");
    const plain = await sockets({ behaviour: {} });
    await expect(opened(new WebSocket(`${plain.url}/live`))).rejects.toThrow("400");
  });

  it("are blocked by the web ACL", async () => {
    const { url } = await sockets({ acl: { defaultAction: { kind: "block" } } });
    await expect(opened(new WebSocket(`${url}/live`))).rejects.toThrow("403");
  });
});
