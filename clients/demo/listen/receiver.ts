import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { readDelivery, WrongDelivery } from "./delivery.ts";

/** A server on loopback that receives the deliveries of one webhook. */
export interface Receiver {
  readonly port: number;
  /** Accepts deliveries signed with this secret from now on. Until then none is accepted. */
  trust(secret: string): void;
  stop(): void;
}

export interface ReceiverOptions {
  /** Stores the event. The delivery is answered after it returns. */
  readonly onEvent: (id: string) => void;
  readonly onWrong: (what: string) => void;
}

export async function startReceiver({ onEvent, onWrong }: ReceiverOptions): Promise<Receiver> {
  let secret: string | undefined;
  const take = (headers: Record<string, string>, body: string): number => {
    if (secret === undefined) return 503;
    try {
      onEvent(readDelivery(secret, headers, body));
      return 204;
    } catch (error) {
      if (!(error instanceof WrongDelivery)) throw error;
      onWrong(error.message);
      return 400;
    }
  };
  const server = createServer(async (request, response) => {
    const body = await textOf(request).catch(() => undefined);
    if (body !== undefined) response.writeHead(take(plain(request.headers), body)).end();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    trust: (given) => {
      secret = given;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const plain = (headers: IncomingMessage["headers"]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
