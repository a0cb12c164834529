/** What IAM decides about: one action on one resource. One request may come to several (a transaction's writes). */
export interface AwsCall {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  /** Condition keys of the request, such as `dynamodb:EnclosingOperation`. */
  readonly context: Readonly<Record<string, string>>;
}

/** A signed request as an engine gets it. */
export interface AwsRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Where ARNs are. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** What a request asks for; undefined when this laptop does not know how to check it. */
export type ReadCalls = (request: AwsRequest, place: Place) => readonly AwsCall[] | undefined;
