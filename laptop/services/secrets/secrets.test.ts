import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, describe, expect, it } from "vitest";
import { clientOptions } from "../../testing/index.ts";
import { contextOf, temporaryFolder } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { startSecrets } from "./secrets.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(folder = temporaryFolder()) {
  const context = contextOf({ folder, storage: "disk" });
  const state = openServiceState(context);
  const secrets = await startSecrets({ ...context, state });
  const client = new SecretsManagerClient(clientOptions(secrets.endpoint));
  const stop = async () => {
    client.destroy();
    await secrets.stop();
    state.close();
  };
  stops.push(stop);
  return { secrets, client, folder };
}

describe("startSecrets", () => {
  it("gives the SDK a secret by name and by ARN", async () => {
    const { secrets, client } = await start();
    const { arn } = secrets.createSecret({ name: "orders/database", description: "owner" });
    const { versionId } = secrets.putSecretValue({ secretId: arn, secretString: '{"username":"owner"}' });
    for (const SecretId of [arn, "orders/database"]) {
      const found = await client.send(new GetSecretValueCommand({ SecretId }));
      expect(found).toMatchObject({
        ARN: arn,
        Name: "orders/database",
        SecretString: '{"username":"owner"}',
        VersionId: versionId,
      });
    }
    expect(await client.send(new DescribeSecretCommand({ SecretId: arn }))).toMatchObject({ Description: "owner" });
  });

  it("refuses an unknown secret and a secret without a value, as AWS does", async () => {
    const { secrets, client } = await start();
    secrets.createSecret({ name: "empty" });
    for (const SecretId of ["unknown", "empty"]) {
      await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toBeInstanceOf(
        ResourceNotFoundException,
      );
    }
  });

  it("keeps values over a restart, and makes no new version of an equal value", async () => {
    const { secrets, folder } = await start();
    secrets.createSecret({ name: "kept" });
    const before = secrets.putSecretValue({ secretId: "kept", secretString: "1" });
    const { secrets: later } = await start(folder);
    later.createSecret({ name: "kept" });
    expect(later.putSecretValue({ secretId: "kept", secretString: "1" })).toEqual(before);
    expect(later.putSecretValue({ secretId: "kept", secretString: "2" }).versionId).not.toBe(before.versionId);
  });
});
