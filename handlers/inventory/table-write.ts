/** Names of the two tables that commands write. */
export interface Tables {
  readonly inventory: string;
  readonly requests: string;
}

export type Attributes = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

interface Conditional extends Condition {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure: "ALL_OLD";
}

export interface PutWrite extends Conditional {
  readonly Item: Attributes;
}

interface UpdateWrite extends Conditional {
  readonly Key: Attributes;
  readonly UpdateExpression: string;
}

/** One item of a transaction, in the form that DynamoDB's document client expects. */
export type TableWrite = { readonly Put: PutWrite } | { readonly Update: UpdateWrite };
