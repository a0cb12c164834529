import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ServiceContext } from "../context.ts";
import { readBody } from "../json-server.ts";
import { closeServer, listen } from "../listen.ts";
import { EngineError } from "../wire.ts";
import type { MailService } from "./mail-service.ts";
import { Mailbox } from "./mailbox.ts";
import { mailProblem, readSendEmail } from "./send-email.ts";

const sendPath = "/v2/email/outbound-emails";
const listPath = "/mails";
const drainMs = 2_000;

/** SES v2, as far as functions send with it: mails are stored in a file of JSON lines and delivered to nobody. */
export async function startMail(options: ServiceContext & { readonly port?: number }): Promise<MailService> {
  const identities = new Set<string>();
  const mailbox = new Mailbox(options);

  function send(body: string): object {
    const mail = readSendEmail(body, { identities, nowMs: options.timers.now() });
    mailbox.add(mail);
    return { MessageId: mail.id };
  }

  async function route(request: IncomingMessage): Promise<object> {
    const body = await readBody(request);
    const path = request.url?.split("?")[0];
    if (request.method === "POST" && path === sendPath) return send(body);
    if (request.method === "GET" && path === listPath) return mailbox.list();
    throw mailProblem("NotFoundException", `${request.method} ${path} is not served here`, 404);
  }

  const server = createServer((request, response) => void answer(route(request), response));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createIdentity: (name) => {
      identities.add(name);
      return { arn: `arn:aws:ses:${options.region}:${options.accountId}:identity/${name}` };
    },
    deleteIdentity: (name) => void identities.delete(name),
    stop: () => closeServer(server, drainMs),
  };
}

async function answer(body: Promise<object>, response: ServerResponse): Promise<void> {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  try {
    const text = JSON.stringify(await body);
    response.writeHead(200, headers).end(text);
  } catch (error) {
    const { code, status } = error instanceof EngineError ? error : { code: "BadRequestException", status: 400 };
    response.writeHead(status, { ...headers, "x-amzn-errortype": code });
    response.end(JSON.stringify({ message: error instanceof Error ? error.message : String(error) }));
  }
}
