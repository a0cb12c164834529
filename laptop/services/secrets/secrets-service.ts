/** What `aws_secretsmanager_secret` says. */
export interface SecretOptions {
  readonly name: string;
  readonly description?: string;
}

/** What `aws_secretsmanager_secret_version` says. */
export interface SecretValueOptions {
  /** Name or ARN. */
  readonly secretId: string;
  readonly secretString: string;
}

export interface SecretDescription {
  readonly name: string;
  readonly arn: string;
}

export interface SecretsService {
  /** Speaks the Secrets Manager protocol: GetSecretValue, DescribeSecret, CreateSecret, PutSecretValue. */
  readonly endpoint: string;
  createSecret(options: SecretOptions): SecretDescription;
  putSecretValue(options: SecretValueOptions): { readonly arn: string; readonly versionId: string };
  stop(): Promise<void>;
}
