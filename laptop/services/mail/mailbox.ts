import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceContext } from "../context.ts";
import type { StoredMail } from "./mail-service.ts";

/** The mails that were sent: a file of JSON lines, or only memory. */
export class Mailbox {
  readonly #folder: string;
  readonly #file: string | undefined;
  readonly #mails: StoredMail[] = [];

  constructor({ folder, storage }: Pick<ServiceContext, "folder" | "storage">) {
    this.#folder = folder;
    this.#file = storage === "disk" ? join(folder, "mails.ndjson") : undefined;
  }

  add(mail: StoredMail): void {
    if (this.#file === undefined) {
      this.#mails.push(mail);
      return;
    }
    mkdirSync(this.#folder, { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify(mail)}\n`);
  }

  list(): readonly StoredMail[] {
    if (this.#file === undefined || !existsSync(this.#file)) return this.#mails;
    const lines = readFileSync(this.#file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StoredMail);
  }
}
