import { z } from "zod";
import type { AccountPlace, AwsCall, AwsRequest, ReadCalls } from "./aws-call.ts";

/** The operation of an AWS JSON protocol request: `X-Amz-Target: DynamoDB_20120810.PutItem` is `PutItem`. */
export function targetOperation(request: AwsRequest): string | undefined {
  const target = request.headers["x-amz-target"];
  return typeof target === "string" ? target.slice(target.lastIndexOf(".") + 1) : undefined;
}

function parsed<Body extends z.ZodType>(request: AwsRequest, schema: Body): z.output<Body> | undefined {
  try {
    return schema.safeParse(JSON.parse(request.body.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

const isArn = (name: string) => name.startsWith("arn:");

const Table = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const Target = Table.pick({ TableName: true });
const Batch = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const Transaction = z.object({
  TransactItems: z.array(z.partialRecord(z.enum(["Put", "Update", "Delete", "ConditionCheck", "Get"]), Target)),
});

const tableArn = (name: string, { region, accountId }: AccountPlace) =>
  isArn(name) ? name : `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

/** IAM has no action for transactions: each read and write in a transaction is checked separately. */
const readDynamoDb: ReadCalls = (request, place) => {
  const operation = targetOperation(request);
  if (operation === "TransactWriteItems" || operation === "TransactGetItems") {
    const context = { "dynamodb:EnclosingOperation": operation };
    return parsed(request, Transaction)?.TransactItems.flatMap((item) =>
      Object.entries(item).map(([verb, target]) => ({
        action: verb === "ConditionCheck" ? "dynamodb:ConditionCheckItem" : `dynamodb:${verb}Item`,
        resource: tableArn(target.TableName, place),
        context,
      })),
    );
  }
  if (operation === "BatchGetItem" || operation === "BatchWriteItem") {
    const tables = parsed(request, Batch)?.RequestItems;
    return tables && Object.keys(tables).map((table) => simple(`dynamodb:${operation}`, tableArn(table, place)));
  }
  const table = parsed(request, Table);
  if (!operation || !table) return undefined;
  const arn = tableArn(table.TableName, place);
  return [simple(`dynamodb:${operation}`, table.IndexName ? `${arn}/index/${table.IndexName}` : arn)];
};

const simple = (action: string, resource: string): AwsCall => ({ action, resource, context: {} });

const Queue = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

const readSqs: ReadCalls = (request, { region, accountId }) => {
  const operation = targetOperation(request);
  const queue = parsed(request, Queue);
  const name = queue?.QueueUrl?.split("/").at(-1) ?? queue?.QueueName;
  if (!operation || !name) return undefined;
  return [simple(`sqs:${operation.replace(/Batch$/, "")}`, `arn:aws:sqs:${region}:${accountId}:${name}`)];
};

const Stream = z.object({ StreamName: z.string().optional(), StreamARN: z.string().optional() });

const readKinesis: ReadCalls = (request, { region, accountId }) => {
  const operation = targetOperation(request);
  const stream = parsed(request, Stream);
  const arn =
    stream?.StreamARN ?? (stream?.StreamName && `arn:aws:kinesis:${region}:${accountId}:stream/${stream.StreamName}`);
  return operation && arn ? [simple(`kinesis:${operation}`, arn)] : undefined;
};

const Secret = z.object({ SecretId: z.string() });

const readSecrets: ReadCalls = (request, { region, accountId }) => {
  const operation = targetOperation(request);
  const secret = parsed(request, Secret)?.SecretId;
  if (!operation || !secret) return undefined;
  const arn = isArn(secret) ? secret : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secret}`;
  return [simple(`secretsmanager:${operation}`, arn)];
};

const Events = z.object({ Entries: z.array(z.object({ EventBusName: z.string().default("default") })) });

/** PutEvents is checked for each bus that its entries name. */
const readEvents: ReadCalls = (request, { region, accountId }) => {
  if (targetOperation(request) !== "PutEvents") return undefined;
  const names = new Set(parsed(request, Events)?.Entries.map(({ EventBusName }) => EventBusName));
  if (names.size === 0) return undefined;
  return [...names].map((name) =>
    simple("events:PutEvents", isArn(name) ? name : `arn:aws:events:${region}:${accountId}:event-bus/${name}`),
  );
};

/** By service: reads the calls of a request in the AWS JSON protocol. */
export const jsonCalls = {
  dynamodb: readDynamoDb,
  kinesis: readKinesis,
  sqs: readSqs,
  secretsmanager: readSecrets,
  events: readEvents,
} as const satisfies Record<string, ReadCalls>;
