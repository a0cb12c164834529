import { createServer } from "node:http";
import { createServer as createSocketServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../engines/index.ts";
import { mergeEndpoints, silentEndpoints, waitUntilAllAnswer } from "./endpoints.ts";

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

describe("mergeEndpoints", () => {
  it("merges the outputs named endpoints of all stacks", () => {
    expect(
      mergeEndpoints({
        a: { endpoints: { api: "http://a" }, other: 1 },
        b: {},
        c: { endpoints: { sql: "postgresql://c" } },
      }),
    ).toEqual({ api: "http://a", sql: "postgresql://c" });
  });

  it("names the stack whose output is something else", () => {
    expect(() => mergeEndpoints({ shop: { endpoints: ["http://a"] } })).toThrow("stack shop");
  });
});

describe("waitUntilAllAnswer", () => {
  it("accepts any answer but a server error, and a connection where the address is not HTTP", async () => {
    const missing = await listen(createServer((_request, response) => response.writeHead(404).end()));
    const broken = await listen(createServer((_request, response) => response.writeHead(503).end()));
    const sql = await listen(createSocketServer());
    const endpoints = {
      issuer: `http://127.0.0.1:${missing}`,
      sql: `postgresql://reader@127.0.0.1:${sql}/db`,
      aws: { s3: `http://127.0.0.1:${broken}` },
    };
    expect(await silentEndpoints(endpoints)).toEqual([["aws.s3", endpoints.aws.s3]]);
  });

  it("names the addresses that do not answer in time", async () => {
    const issuer = `http://127.0.0.1:${await freePort()}`;
    await expect(waitUntilAllAnswer({ issuer, aws: {} }, 0)).rejects.toThrow(`issuer (${issuer})`);
  });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
