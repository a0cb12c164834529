/** One action on one resource, which IAM decides about. One request may make several (the writes of a transaction). */
export interface AwsCall {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  /** Condition keys of the request, such as `dynamodb:EnclosingOperation`. */
  readonly context: Readonly<Record<string, string>>;
}

/** A signed request to an engine. */
export interface AwsRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The region and the account of ARNs. */
export interface AccountPlace {
  readonly region: string;
  readonly accountId: string;
}

/** The calls that a request makes; undefined when the laptop cannot tell. */
export type ReadCalls = (request: AwsRequest, place: AccountPlace) => readonly AwsCall[] | undefined;
