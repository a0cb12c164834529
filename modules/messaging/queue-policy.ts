/** A resource for which an AWS service sends messages, such as a rule of a bus. */
export interface Sender {
  readonly service: string;
  readonly sourceArn: string;
}

/** Returns the policy of a queue that allows these services to send to it, each only for its own resource. */
export function senderDocument(queueArn: string, senders: readonly Sender[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: senders.map(({ service, sourceArn }) => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
    })),
  });
}
