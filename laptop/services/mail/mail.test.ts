import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterEach, describe, expect, it } from "vitest";
import { clientOptions } from "../../testing/index.ts";
import { contextOf, temporaryFolder } from "../services.fixture.ts";
import { startMail } from "./mail.ts";

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function openMail(folder?: string) {
  const context = contextOf(folder ? { folder, storage: "disk" } : {});
  const service = await startMail(context);
  const client = new SESv2Client(clientOptions(service.endpoint));
  stops.push(
    () => service.stop(),
    () => client.destroy(),
  );
  const send = (from: string, to: string[] = ["buyer@shop.example"]) =>
    client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: to },
        Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "There" } } } },
      }),
    );
  const mails = async () => (await fetch(`${service.endpoint}/mails`)).json();
  return { service, send, mails };
}

describe("startMail", () => {
  it("keeps the mails of an address and of a domain over a restart", async () => {
    const folder = temporaryFolder();
    const { service, send } = await openMail(folder);
    service.createIdentity("shop@shop.example");
    service.createIdentity("other.example");
    const { MessageId } = await send("shop@shop.example");
    await send("Anyone <any@other.example>");
    const again = await openMail(folder);
    expect(await again.mails()).toEqual([
      {
        id: MessageId,
        at: expect.any(String),
        from: "shop@shop.example",
        to: ["buyer@shop.example"],
        subject: "Hello",
        text: "There",
      },
      expect.objectContaining({ from: "any@other.example" }),
    ]);
  });

  it("rejects a sender that is not an identity, and a mail without recipients", async () => {
    const { service, send, mails } = await openMail();
    await expect(send("shop@shop.example")).rejects.toMatchObject({ name: "MessageRejected" });
    service.createIdentity("shop@shop.example");
    await expect(send("shop@shop.example", [])).rejects.toMatchObject({ name: "BadRequestException" });
    expect(await mails()).toEqual([]);
  });
});
