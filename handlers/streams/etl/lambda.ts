import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { Environment } from "./environment.ts";

export async function handler(_event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  const environment = Environment.parse(process.env);
  throw new Error(`The ETL of ${environment.ENVIRONMENT} is not built yet`);
}
