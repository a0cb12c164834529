import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { Environment } from "./environment.ts";

export async function handler(_event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const environment = Environment.parse(process.env);
  throw new Error(`The reports of ${environment.ENVIRONMENT} are not built yet`);
}
