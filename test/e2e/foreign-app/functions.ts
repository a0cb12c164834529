// One bundle, four handlers: a small parcel tracker, written as its authors would for AWS.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, DynamoDBStreamEvent, SQSEvent } from "aws-lambda";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});
const { PARCELS = "", DIARY = "", LABELS_URL = "" } = process.env;

/** GET and PUT /parcels/{id}, GET /diary. */
export async function api(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (event.resource === "/diary") {
    const { Items } = await table.send(new ScanCommand({ TableName: DIARY, ConsistentRead: true }));
    return answer(200, Items);
  }
  const id = event.pathParameters?.id;
  if (event.httpMethod === "GET") {
    const { Item } = await table.send(new GetCommand({ TableName: PARCELS, Key: { id } }));
    return Item === undefined ? answer(404, { message: `no parcel ${id}` }) : answer(200, Item);
  }
  const parcel = { id, ...JSON.parse(event.body ?? "{}") };
  await table.send(new PutCommand({ TableName: PARCELS, Item: parcel }));
  await queue.send(new SendMessageCommand({ QueueUrl: LABELS_URL, MessageBody: JSON.stringify({ id }) }));
  return answer(200, parcel);
}

export async function onDelivered(event: DynamoDBStreamEvent): Promise<void> {
  for (const { eventID, dynamodb } of event.Records) await note("delivered", dynamodb?.NewImage?.id?.S, eventID);
}

export async function onLabel(event: SQSEvent): Promise<void> {
  for (const { body, messageId } of event.Records) await note("label", JSON.parse(body).id, messageId);
}

/** Called by the schedule with its input, and once by Terraform. */
export async function onClock(event: { readonly entry: string }): Promise<{ noted: string }> {
  await note(event.entry, "clock", crypto.randomUUID());
  return { noted: event.entry };
}

async function note(entry: string, subject: string | undefined, id: string | undefined): Promise<void> {
  await table.send(new PutCommand({ TableName: DIARY, Item: { id: `${entry}/${id}`, entry, subject } }));
}

function answer(statusCode: number, body: unknown): APIGatewayProxyResult {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
