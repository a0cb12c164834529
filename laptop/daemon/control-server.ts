import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { errorWithCauses } from "../error-with-causes.ts";
import { listen } from "../services/listen.ts";
import type { ApplyMessage } from "./messages.ts";

/** The address of a running daemon, and the secret that a command must send. Readers of the state folder know it. */
export const ControlAddress = z.object({ url: z.url(), token: z.string() });
export type ControlAddress = z.infer<typeof ControlAddress>;

const ApplyOrder = z.object({ output: z.string() });

/** Serves `POST /apply {output}`. It answers with a line of JSON for each message. The last message is the result. */
export async function startControl(options: {
  readonly apply: (output: string, send: (message: ApplyMessage) => void) => Promise<ApplyMessage>;
}): Promise<{ readonly address: ControlAddress; stop(): void }> {
  const token = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(errorWithCauses(error)));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isToken(request.headers.authorization ?? "")) return void response.writeHead(401).end();
    if (request.method !== "POST" || request.url !== "/apply") return void response.writeHead(404).end();
    const { output } = ApplyOrder.parse(await json(request));
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const send = (message: ApplyMessage) => response.write(`${JSON.stringify(message)}\n`);
    try {
      send(await options.apply(output, send));
    } catch (error) {
      send({ kind: "failed", message: errorWithCauses(error) });
    }
    response.end();
  }

  function isToken(header: string): boolean {
    const [given, wanted] = [Buffer.from(header), Buffer.from(`Bearer ${token}`)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  const port = await listen(server);
  return {
    address: { url: `http://127.0.0.1:${port}`, token },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
