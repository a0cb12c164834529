import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { ServiceContext } from "../context.ts";
import type { ServiceState } from "../state.ts";
import { EngineError } from "../wire.ts";
import type { SecretDescription, SecretOptions, SecretValueOptions } from "./secrets-service.ts";

const Secret = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  /** Epoch seconds. */
  createdAt: z.number(),
  value: z.object({ secretString: z.string(), versionId: z.string() }).optional(),
});
export type Secret = z.output<typeof Secret>;

export interface SecretStoreOptions extends Pick<ServiceContext, "region" | "accountId" | "timers"> {
  readonly state: ServiceState;
}

const scope = "secret";

/** Secrets with their one current value, kept in the state. */
export class SecretStore {
  readonly #options: SecretStoreOptions;

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  /** @throws EngineError `ResourceNotFoundException` */
  get(id: string): Secret {
    const name = id.startsWith("arn:") ? (id.split(":secret:")[1] ?? "").slice(0, -suffixLength) : id;
    const secret = this.#find(name);
    if (secret) return secret;
    throw notFound(`Secrets Manager can't find the specified secret: ${id}`);
  }

  /** Returns the existing secret of that name, if there is one. */
  create({ name, description }: SecretOptions): SecretDescription {
    const secret = this.#find(name) ?? this.#createNew(name, description);
    return { name, arn: secret.arn };
  }

  /** The version changes only when the value does. */
  putValue({ secretId, secretString }: SecretValueOptions): { readonly arn: string; readonly versionId: string } {
    const secret = this.get(secretId);
    const before = secret.value;
    const versionId = before?.secretString === secretString ? before.versionId : randomUUID();
    this.#save({ ...secret, value: { secretString, versionId } });
    return { arn: secret.arn, versionId };
  }

  #createNew(name: string, description: string | undefined): Secret {
    const { region, accountId, timers } = this.#options;
    const secret: Secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}${suffixOf(name)}`,
      createdAt: timers.now() / 1000,
      ...(description ? { description } : {}),
    };
    this.#save(secret);
    return secret;
  }

  #find(name: string): Secret | undefined {
    const stored = this.#options.state.get(scope, name);
    return stored === undefined ? undefined : Secret.parse(JSON.parse(stored));
  }

  #save(secret: Secret): void {
    this.#options.state.set(scope, secret.name, JSON.stringify(secret));
  }
}

export const notFound = (message: string) =>
  new EngineError({ code: "ResourceNotFoundException", status: 400, message });

/** A secret's ARN ends in a hyphen and six characters. */
const suffixLength = 7;
const suffixOf = (name: string): string =>
  `-${createHash("sha256").update(name).digest("base64url").replaceAll(/[_-]/g, "x").slice(0, 6)}`;
