import { SQSClient } from "@aws-sdk/client-sqs";
import { lazy } from "../lazy.ts";
import { type ClientOptions, transport } from "./transport.ts";

export const lazySqs = (options: ClientOptions): (() => SQSClient) => lazy(() => new SQSClient(transport(options)));
