import { lastPart, nameOf } from "./naming.ts";
import { defineResource, ignored, notDestroyed, notEncrypted, text } from "./resource.ts";

export const secretsmanagerSecret = defineResource({
  type: "aws_secretsmanager_secret",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    description: text().optional(),
    policy: text().optional(),
    kms_key_id: ignored(notEncrypted),
    recovery_window_in_days: ignored(notDestroyed),
    force_overwrite_replica_secret: ignored("there is one region"),
  },
  apply: (args, { services, registry }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    const { arn } = services.secrets.createSecret({ name });
    if (args.policy !== undefined) registry.resourcePolicies.set(arn, args.policy);
    return { id: arn, arn, name };
  },
  remove: "keeps data",
});

export const secretsmanagerSecretVersion = defineResource({
  type: "aws_secretsmanager_secret_version",
  arguments: {
    secret_id: text(),
    secret_string: text().optional(),
    secret_string_wo: text().optional(),
    secret_string_wo_version: ignored("the value is stored at each start"),
  },
  apply: (args, { services }) => {
    const secretString = args.secret_string ?? args.secret_string_wo;
    if (secretString === undefined)
      throw new Error("secret_string is missing; binary secrets do not run on the laptop");
    const { arn, versionId } = services.secrets.putSecretValue({ secretId: args.secret_id, secretString });
    return { id: `${args.secret_id}|${versionId}`, arn, version_id: versionId };
  },
  remove: "keeps data",
});

export const secretsmanagerSecretPolicy = defineResource({
  type: "aws_secretsmanager_secret_policy",
  arguments: { secret_arn: text(), policy: text(), block_public_policy: ignored("nothing is public") },
  apply: (args, { registry }) => {
    registry.resourcePolicies.set(args.secret_arn, args.policy);
    return { id: args.secret_arn, name: lastPart(args.secret_arn) };
  },
  remove: (args, { registry }) => void registry.resourcePolicies.delete(args.secret_arn),
});
