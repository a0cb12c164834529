import type { ServiceContext } from "../context.ts";
import { createJsonServer, type JsonFailure } from "../json-server.ts";
import { closeServer, listen } from "../listen.ts";
import type { ServiceState } from "../state.ts";
import { EngineError } from "../wire.ts";
import { secretOperations } from "./operations.ts";
import { SecretStore } from "./secret-store.ts";
import type { SecretsService } from "./secrets-service.ts";

export interface SecretsOptions extends ServiceContext {
  readonly state: ServiceState;
  readonly port?: number;
}

const drainMs = 2_000;

/** Secrets Manager, as far as functions read from it: each secret has one current value, kept in the state. */
export async function startSecrets(options: SecretsOptions): Promise<SecretsService> {
  const store = new SecretStore(options);
  const operations = secretOperations(store);
  const server = createJsonServer({ targetPrefix: "secretsmanager.", operations, failureOf });
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createSecret: (secret) => store.create(secret),
    putSecretValue: (value) => store.putValue(value),
    stop: () => closeServer(server, drainMs),
  };
}

function failureOf(error: unknown): JsonFailure {
  if (error instanceof EngineError) return { status: error.status, code: error.code, message: error.message };
  return { status: 400, code: "InvalidRequestException", message: String(error) };
}
