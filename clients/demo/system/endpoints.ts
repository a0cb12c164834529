import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Endpoints = z.looseObject({
  /** Base of REST, `/v1` included. */
  api: z.url(),
  /** DSN of the role `reporter`. */
  postgres: z.string().min(1),
  aws: z.looseObject({ dynamodb: z.url(), s3: z.url(), redis: z.url(), sesv2: z.url() }),
});

/** The outputs of each stack, by stack. */
const Outputs = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The addresses and names of the running system that its clients use. */
export interface System {
  readonly api: string;
  readonly postgres: string;
  readonly dynamodb: string;
  readonly s3: string;
  readonly redis: string;
  /** The address at which the laptop lists sent mails. */
  readonly mails: string;
  readonly inventoryTable: string;
  readonly archiveBucket: string;
}

/** The system does not run or does not answer, so that no verdict is possible. */
export class SystemError extends Error {
  override readonly name = "SystemError";
}

/** Reads what `make up` wrote into its state folder. @throws SystemError when the system does not run. */
export async function readSystem(stateFolder: string): Promise<System> {
  const [endpoints, outputs] = await Promise.all([
    readJson(join(stateFolder, "endpoints.json"), Endpoints),
    readJson(join(stateFolder, "outputs.json"), Outputs),
  ]);
  const output = (name: string): string => {
    const found = Object.values(outputs).map((stack) => stack[name]);
    const value = found.find((candidate) => typeof candidate === "string");
    if (typeof value !== "string")
      throw new SystemError(`${stateFolder}/outputs.json: no stack has the output ${name}`);
    return value;
  };
  return {
    api: endpoints.api.replace(/\/$/, ""),
    postgres: endpoints.postgres,
    dynamodb: endpoints.aws.dynamodb,
    s3: endpoints.aws.s3,
    redis: endpoints.aws.redis,
    mails: endpoints.aws.sesv2,
    inventoryTable: output("inventory_table"),
    archiveBucket: output("archive_bucket"),
  };
}

async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SystemError(`${path} is missing: the system does not run; start it with \`make up\``, { cause });
  });
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new SystemError(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
