import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import { isProtected, type Protection } from "../protection.ts";

export interface EncryptionKeyProps {
  /** Name of its alias. */
  readonly name: string;
  /** What the key encrypts. The console of KMS shows it. */
  readonly description: string;
  /** Account that owns the key. IAM policies of this account decide who may use it. */
  readonly account: string;
  /** Whether the key is protected. @default protected: prevent_destroy */
  readonly protection?: Protection;
}

/**
 * A KMS key of this account, rotated each year. Its policy delegates to the account, so another stack can grant the use
 * of the key to its own roles. Intent: `grantUse`.
 * @throws when an opt-out of protection gives no reason
 * @example
 * const key = new EncryptionKey(stack, "key", { name: "shop", description: "Orders", account: "123456789012" });
 * key.grantUse(publicFunction, "dynamodb.eu-west-1.amazonaws.com");
 */
export class EncryptionKey extends Construct {
  readonly key: KmsKey;
  readonly alias: KmsAlias;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.key = new KmsKey(this, "key", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "DelegateToAccount",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${props.account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      }),
      lifecycle: { preventDestroy: isProtected(props.protection ?? "protected") },
    });
    this.alias = new KmsAlias(this, "alias", {
      name: `alias/${physicalName("keyAlias", props.name)}`,
      targetKeyId: this.key.keyId,
    });
  }

  /** ARN of the key. */
  get arn(): string {
    return this.key.arn;
  }

  /** Allows use of the key only through `service`, such as `dynamodb.eu-west-1.amazonaws.com`. */
  grantUse(grantee: Grantee, service: string): void {
    grantee.role.allow({
      actions: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      resources: [this.arn],
      conditions: { StringEquals: { "kms:ViaService": service } },
    });
  }
}
