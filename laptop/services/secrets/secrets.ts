import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import type { ServiceContext } from "../context.ts";
import { closeServer, listen } from "../listen.ts";
import type { State } from "../state.ts";
import { EngineError } from "../wire.ts";
import type { SecretDescription, SecretOptions, SecretsService } from "./secrets-service.ts";

export interface SecretsOptions extends ServiceContext {
  readonly state: State;
  readonly port?: number;
}

const Stored = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  createdAt: z.number(),
  value: z.object({ secretString: z.string(), versionId: z.string() }).optional(),
});
type Stored = z.output<typeof Stored>;

const ById = z.looseObject({ SecretId: z.string() });
const Creation = z.looseObject({
  Name: z.string(),
  Description: z.string().optional(),
  SecretString: z.string().optional(),
});
const Put = z.looseObject({ SecretId: z.string(), SecretString: z.string() });

const scope = "secret";
const drainMs = 2_000;

/** Secrets Manager for what functions read: one current value a secret, kept in the state. */
export async function startSecrets(options: SecretsOptions): Promise<SecretsService> {
  const { state } = options;

  function find(id: string): Stored {
    const name = id.startsWith("arn:") ? (id.split(":secret:")[1] ?? "").slice(0, -suffixLength) : id;
    const stored = state.get(scope, name);
    if (stored !== undefined) return Stored.parse(JSON.parse(stored));
    const message = `Secrets Manager can't find the specified secret: ${id}`;
    throw new EngineError({ code: "ResourceNotFoundException", status: 400, message });
  }

  function createSecret({ name, description }: SecretOptions): SecretDescription {
    const known = state.get(scope, name);
    if (known !== undefined) return describe(Stored.parse(JSON.parse(known)));
    const arn = `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:${name}${suffixOf(name)}`;
    const secret: Stored = {
      name,
      arn,
      createdAt: options.timers.now() / 1000,
      ...(description ? { description } : {}),
    };
    state.set(scope, name, JSON.stringify(secret));
    return describe(secret);
  }

  function putSecretValue(given: { secretId: string; secretString: string }) {
    const secret = find(given.secretId);
    const isSame = secret.value?.secretString === given.secretString;
    const versionId = isSame && secret.value ? secret.value.versionId : randomUUID();
    const value = { secretString: given.secretString, versionId };
    state.set(scope, secret.name, JSON.stringify({ ...secret, value } satisfies Stored));
    return { arn: secret.arn, versionId };
  }

  const operations: Readonly<Record<string, (input: unknown) => object>> = {
    GetSecretValue: (input) => {
      const { name, arn, value, createdAt } = find(ById.parse(input).SecretId);
      if (!value) {
        const message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        throw new EngineError({ code: "ResourceNotFoundException", status: 400, message });
      }
      const { secretString: SecretString, versionId: VersionId } = value;
      return { ARN: arn, Name: name, SecretString, VersionId, VersionStages: ["AWSCURRENT"], CreatedDate: createdAt };
    },
    DescribeSecret: (input) => {
      const { name, arn, description, value, createdAt } = find(ById.parse(input).SecretId);
      const versions = value ? { VersionIdsToStages: { [value.versionId]: ["AWSCURRENT"] } } : {};
      return {
        ARN: arn,
        Name: name,
        ...(description ? { Description: description } : {}),
        ...versions,
        CreatedDate: createdAt,
      };
    },
    CreateSecret: (input) => {
      const { Name, Description, SecretString } = Creation.parse(input);
      const { arn } = createSecret({ name: Name, ...(Description ? { description: Description } : {}) });
      if (SecretString === undefined) return { ARN: arn, Name };
      return { ARN: arn, Name, VersionId: putSecretValue({ secretId: Name, secretString: SecretString }).versionId };
    },
    PutSecretValue: (input) => {
      const { SecretId, SecretString } = Put.parse(input);
      const { arn, versionId } = putSecretValue({ secretId: SecretId, secretString: SecretString });
      return { ARN: arn, Name: find(SecretId).name, VersionId: versionId, VersionStages: ["AWSCURRENT"] };
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = run(String(request.headers["x-amz-target"] ?? ""), Buffer.concat(chunks).toString());
    response.writeHead(answer.status, {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": randomUUID(),
    });
    response.end(JSON.stringify(answer.body));
  }

  function run(target: string, body: string): { status: number; body: object } {
    try {
      const operation = operations[target.replace(/^secretsmanager\./, "")];
      if (!operation) {
        throw new EngineError({
          code: "UnknownOperationException",
          status: 400,
          message: `${target} is not served here`,
        });
      }
      return { status: 200, body: operation(JSON.parse(body || "{}")) };
    } catch (error) {
      if (error instanceof EngineError)
        return { status: error.status, body: { __type: error.code, message: error.message } };
      return { status: 400, body: { __type: "InvalidRequestException", message: String(error) } };
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createSecret,
    putSecretValue,
    stop: () => closeServer(server, drainMs),
  };
}

function describe({ name, arn }: Stored): SecretDescription {
  return { name, arn };
}

/** A secret's ARN ends in a hyphen and six characters. */
const suffixLength = 7;
function suffixOf(name: string): string {
  return `-${createHash("sha256").update(name).digest("base64url").replaceAll(/[_-]/g, "x").slice(0, 6)}`;
}
