import type { AwsCall } from "./aws-call.ts";
import type { Identity } from "./policy-evaluator.ts";

/** The intent methods of constructs, by the actions that they allow. */
const intents: readonly [RegExp, string][] = [
  [/^dynamodb:(DescribeStream|ListStreams|GetRecords|GetShardIterator)/, "consumedBy"],
  [/^dynamodb:(Get|BatchGet|Query|Scan|ConditionCheck)/, "grantRead"],
  [/^dynamodb:/, "grantWrite"],
  [/^events:PutEvents$/, "grantPublish"],
  [/^ses:SendEmail$/, "grantSend"],
  [/^sqs:SendMessage$/, "grantSend"],
  [/^sqs:|^kinesis:(Get|Describe|List|Subscribe)/, "consumedBy"],
  [/^execute-api:ManageConnections$/, "grantConnections"],
  [/^s3:(Get|List)/, "grantRead"],
  [/^s3:|^kinesis:Put/, "grantWrite"],
];

/** Tells the developer what to write so that the call is allowed. */
export function missingIntent(identity: Identity, { action, resource }: AwsCall): string {
  const name = resource.split(/[:/]/).at(-1);
  const intent = intents.find(([actions]) => actions.test(action))?.[1];
  const what = intent ? `${intent} of ${name}` : `an Allow of ${action} on ${resource}`;
  return `the function ${identity.sessionName} lacks ${what}: give it in the stack that makes the function (role ${identity.roleName})`;
}
