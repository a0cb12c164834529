/** One permission that an intent adds to a role. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** IAM condition block, such as `{ StringEquals: { "aws:SourceAccount": "..." } }`. */
  readonly conditions?: Conditions;
}
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const version = "2012-10-17";

/** Returns an identity policy that allows exactly these statements. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: version,
    Statement: statements.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions && { Condition: conditions }),
    })),
  });
}

/**
 * Returns a trust policy: who may assume the role. With `sourceAccount`, the service may not act for another account.
 */
export function trustDocument(service: string, sourceAccount?: string): string {
  return JSON.stringify({
    Version: version,
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(sourceAccount && { Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } } }),
      },
    ],
  });
}
