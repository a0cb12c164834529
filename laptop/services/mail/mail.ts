import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import type { ServiceContext } from "../context.ts";
import { closeServer, listen } from "../listen.ts";
import { EngineError } from "../wire.ts";
import type { MailService, StoredMail } from "./mail-service.ts";

const sendPath = "/v2/email/outbound-emails";
const listPath = "/mails";
const drainMs = 2_000;
const recipientCountMax = 50;

const Text = z.looseObject({ Data: z.string() });
const SendEmail = z.looseObject({
  FromEmailAddress: z.string(),
  Destination: z.looseObject({
    ToAddresses: z.array(z.string()).default([]),
    CcAddresses: z.array(z.string()).default([]),
    BccAddresses: z.array(z.string()).default([]),
  }),
  Content: z.looseObject({
    Simple: z.looseObject({ Subject: Text, Body: z.looseObject({ Text: Text.optional(), Html: Text.optional() }) }),
  }),
});

/** SES v2 for what functions send: mails are kept in a file of JSON lines, and go nowhere. */
export async function startMail(options: ServiceContext & { readonly port?: number }): Promise<MailService> {
  const identities = new Set<string>();
  const file = options.storage === "disk" ? join(options.folder, "mails.ndjson") : undefined;
  const kept: StoredMail[] = [];

  function keep(mail: StoredMail): void {
    if (file === undefined) {
      kept.push(mail);
      return;
    }
    mkdirSync(options.folder, { recursive: true });
    appendFileSync(file, `${JSON.stringify(mail)}\n`);
  }

  function list(): readonly StoredMail[] {
    if (file === undefined || !existsSync(file)) return kept;
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StoredMail);
  }

  function send(body: string): { readonly MessageId: string } {
    const input = SendEmail.safeParse(JSON.parse(body || "{}"));
    if (!input.success) throw problem("BadRequestException", z.prettifyError(input.error));
    const { FromEmailAddress, Destination, Content } = input.data;
    const from = /<([^>]+)>$/.exec(FromEmailAddress)?.[1] ?? FromEmailAddress;
    if (!identities.has(from) && !identities.has(from.split("@").at(-1) ?? "")) {
      throw problem("MessageRejected", `Email address is not verified. The following identities failed: ${from}`);
    }
    const to = [...Destination.ToAddresses, ...Destination.CcAddresses, ...Destination.BccAddresses];
    if (to.length === 0 || to.length > recipientCountMax) {
      throw problem("BadRequestException", `a mail has 1 to ${recipientCountMax} recipients, not ${to.length}`);
    }
    const { Subject, Body } = Content.Simple;
    const mail: StoredMail = {
      id: randomUUID(),
      at: new Date(options.timers.now()).toISOString(),
      from,
      to,
      subject: Subject.Data,
      ...(Body.Text && { text: Body.Text.Data }),
      ...(Body.Html && { html: Body.Html.Data }),
    };
    keep(mail);
    return { MessageId: mail.id };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const path = request.url?.split("?")[0];
      const answer =
        request.method === "POST" && path === sendPath
          ? send(Buffer.concat(chunks).toString())
          : request.method === "GET" && path === listPath
            ? list()
            : undefined;
      if (answer === undefined) throw problem("NotFoundException", `${request.method} ${path} is not served here`, 404);
      response.writeHead(200, headers).end(JSON.stringify(answer));
    } catch (error) {
      const known = error instanceof EngineError ? error : undefined;
      const code = known?.code ?? "BadRequestException";
      response.writeHead(known?.status ?? 400, { ...headers, "x-amzn-errortype": code });
      response.end(JSON.stringify({ message: error instanceof Error ? error.message : String(error) }));
    }
  }

  const server = createServer((request, response) => void handle(request, response));
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

const problem = (code: string, message: string, status = 400) => new EngineError({ code, status, message });
