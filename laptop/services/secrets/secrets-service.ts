/** The arguments of `aws_secretsmanager_secret`. */
export interface SecretOptions {
  readonly name: string;
  readonly description?: string;
}

/** The arguments of `aws_secretsmanager_secret_version`. */
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
