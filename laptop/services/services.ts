import { join } from "node:path";
import { type Access, startAccess } from "./access/access.ts";
import type { Identity } from "./access/policy-evaluator.ts";
import { createResourcePolicyEvaluator } from "./access/resource-policy.ts";
import { createApiGateway } from "./api-gateway/api-gateway.ts";
import type { ApiGatewayService } from "./api-gateway/api-gateway-service.ts";
import type { EngineEndpoints, LogLine, ServiceContext } from "./context.ts";
import { createEdge } from "./edge/edge.ts";
import type { EdgeService } from "./edge/edge-service.ts";
import { startEventBus } from "./event-bus/event-bus.ts";
import type { EventBusService } from "./event-bus/event-bus-service.ts";
import { createEventSourceMappings } from "./event-source-mapping/event-source-mapping.ts";
import type { EventSourceMappingService } from "./event-source-mapping/event-source-mapping-service.ts";
import { createFirehose } from "./firehose/firehose.ts";
import type { FirehoseService } from "./firehose/firehose-service.ts";
import { createKinesisDestinations } from "./kinesis-destination/kinesis-destination.ts";
import type { KinesisDestinationService } from "./kinesis-destination/kinesis-destination-service.ts";
import { startLambda } from "./lambda/lambda.ts";
import type { LambdaService } from "./lambda/lambda-service.ts";
import { createLogFiles } from "./log-files.ts";
import { startMail } from "./mail/mail.ts";
import type { MailService } from "./mail/mail-service.ts";
import { createSchedules } from "./schedule/schedule.ts";
import type { ScheduleService } from "./schedule/schedule-service.ts";
import { startSecrets } from "./secrets/secrets.ts";
import type { SecretsService } from "./secrets/secrets-service.ts";
import { openState } from "./state.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { createWaf } from "./waf/waf.ts";
import type { WafService } from "./waf/waf-service.ts";
import { createWebSocketApis } from "./websocket-api/websocket-api.ts";
import type { WebSocketApiService } from "./websocket-api/websocket-api-service.ts";

export interface ServicesOptions {
  readonly region: string;
  readonly accountId: string;
  readonly endpoints: EngineEndpoints;
  /** Whose access key it is: what this caller's policies do not allow is denied. */
  readonly identify: (accessKeyId: string) => Identity | undefined;
  /** The policy document of a resource, by its ARN. */
  readonly policyOf: (resourceArn: string) => string | undefined;
  /** Checkpoints, unpacked bundles and, below `logs`, a file for each function and service. */
  readonly folder: string;
  readonly storage: "disk" | "memory";
  /** Preferred ports; a taken one falls back to a free one. */
  readonly ports?: Partial<
    Readonly<Record<"api" | "edge" | "websocket" | "secrets" | "lambda" | "events" | "mail", number>>
  >;
  readonly log: (line: LogLine) => void;
  /** @default the system's */
  readonly timers?: Timers;
}

/** All services of one laptop cloud, joined: schedules and routes reach the same functions. */
export interface Services {
  readonly access: Access;
  readonly lambda: LambdaService;
  readonly apiGateway: ApiGatewayService;
  readonly edge: EdgeService;
  readonly eventBus: EventBusService;
  readonly eventSourceMappings: EventSourceMappingService;
  readonly kinesisDestinations: KinesisDestinationService;
  readonly firehose: FirehoseService;
  readonly mail: MailService;
  readonly schedules: ScheduleService;
  readonly secrets: SecretsService;
  readonly waf: WafService;
  readonly webSocketApis: WebSocketApiService;
  /** `AWS_ENDPOINT_URL_*` as every function gets them. */
  readonly environment: Readonly<Record<string, string>>;
  /** From the edge inwards: routes, schedules, mappings, destinations, functions. */
  stop(): Promise<void>;
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const files = createLogFiles(join(options.folder, "logs"));
  const context: ServiceContext = {
    ...options,
    timers: options.timers ?? systemTimers,
    log: (line) => {
      files.write(line);
      options.log(line);
    },
  };
  const state = openState(options);
  const { ports = {} } = options;
  const secrets = await startSecrets({ ...context, state, ...portOf(ports.secrets) });
  const eventBus = await startEventBus({
    ...context,
    // It is asked for by events alone, when all has started.
    invokeFunction: async (arn, payload) => void (await lambda.invoke({ function: arn, payload, type: "Event" })),
    ...portOf(ports.events),
  });
  const mail = await startMail({ ...context, ...portOf(ports.mail) });
  const { dynamodb, kinesis, sqs, s3 } = options.endpoints;
  const access = await startAccess({
    ...context,
    identify: options.identify,
    upstreams: {
      dynamodb,
      kinesis,
      sqs,
      s3,
      secretsmanager: secrets.endpoint,
      events: eventBus.endpoint,
      ses: mail.endpoint,
    },
  });
  const environment = endpointVariables(access);
  const lambda = await startLambda({ ...context, sharedEnvironment: () => environment, ...portOf(ports.lambda) });
  environment.AWS_ENDPOINT_URL_LAMBDA = lambda.endpoint;
  const waf = createWaf(context);
  const apiGateway = createApiGateway({ ...context, lambda, waf, state, ...portOf(ports.api) });
  const bucketPolicies = createResourcePolicyEvaluator(options);
  const edge = createEdge({ ...context, waf, state, bucketPolicies, ...portOf(ports.edge) });
  const eventSourceMappings = createEventSourceMappings({ ...context, lambda, state });
  const kinesisDestinations = createKinesisDestinations({ ...context, state });
  const firehose = createFirehose({ ...context, state });
  const schedules = createSchedules({ ...context, lambda });
  const { demand } = access;
  const webSocketApis = createWebSocketApis({ ...context, lambda, demand, state, ...portOf(ports.websocket) });
  return {
    access,
    lambda,
    apiGateway,
    edge,
    eventBus,
    eventSourceMappings,
    kinesisDestinations,
    firehose,
    mail,
    schedules,
    secrets,
    waf,
    webSocketApis,
    environment,
    stop: async () => {
      await edge.stop();
      await Promise.all([apiGateway.stop(), webSocketApis.stop()]);
      await Promise.all([schedules.stop(), eventSourceMappings.stop(), kinesisDestinations.stop()]);
      await firehose.stop();
      await lambda.stop();
      await access.stop();
      await eventBus.stop();
      await mail.stop();
      await secrets.stop();
      state.close();
      await files.close();
    },
  };
}

function endpointVariables({ endpoints }: Access): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.events,
    AWS_ENDPOINT_URL_SESV2: endpoints.ses,
  };
}

function portOf(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}
