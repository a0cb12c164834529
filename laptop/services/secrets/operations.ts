import { z } from "zod";
import type { JsonOperations } from "../json-server.ts";
import { notFound, type SecretStore } from "./secret-store.ts";

const ById = z.looseObject({ SecretId: z.string() });
const Create = z.looseObject({
  Name: z.string(),
  Description: z.string().optional(),
  SecretString: z.string().optional(),
});
const PutValue = z.looseObject({ SecretId: z.string(), SecretString: z.string() });

/** The one version of a secret that is kept here is its current one. */
const current = "AWSCURRENT";

/** The operations of Secrets Manager, in the words of its API. */
export function secretOperations(store: SecretStore): JsonOperations {
  return {
    GetSecretValue: (input) => getSecretValue(store, input),
    DescribeSecret: (input) => describeSecret(store, input),
    CreateSecret: (input) => createSecret(store, input),
    PutSecretValue: (input) => putSecretValue(store, input),
  };
}

function getSecretValue(store: SecretStore, input: unknown): object {
  const { name, arn, value, createdAt } = store.get(ById.parse(input).SecretId);
  if (!value) {
    throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${current}`);
  }
  return {
    ARN: arn,
    Name: name,
    SecretString: value.secretString,
    VersionId: value.versionId,
    VersionStages: [current],
    CreatedDate: createdAt,
  };
}

function describeSecret(store: SecretStore, input: unknown): object {
  const { name, arn, description, value, createdAt } = store.get(ById.parse(input).SecretId);
  return {
    ARN: arn,
    Name: name,
    ...(description ? { Description: description } : {}),
    ...(value ? { VersionIdsToStages: { [value.versionId]: [current] } } : {}),
    CreatedDate: createdAt,
  };
}

function createSecret(store: SecretStore, input: unknown): object {
  const { Name, Description, SecretString } = Create.parse(input);
  const { arn } = store.create({ name: Name, ...(Description ? { description: Description } : {}) });
  if (SecretString === undefined) return { ARN: arn, Name };
  const { versionId } = store.putValue({ secretId: Name, secretString: SecretString });
  return { ARN: arn, Name, VersionId: versionId };
}

function putSecretValue(store: SecretStore, input: unknown): object {
  const { SecretId, SecretString } = PutValue.parse(input);
  const { arn, versionId } = store.putValue({ secretId: SecretId, secretString: SecretString });
  return { ARN: arn, Name: store.get(SecretId).name, VersionId: versionId, VersionStages: [current] };
}
