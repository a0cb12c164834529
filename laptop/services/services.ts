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
import type { InvokeFunction } from "./event-bus/target-sender.ts";
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
import { openServiceState, type ServiceState } from "./state.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { createWaf } from "./waf/waf.ts";
import type { WafService } from "./waf/waf-service.ts";
import { createWebSocketApis } from "./websocket-api/websocket-api.ts";
import type { WebSocketApiService } from "./websocket-api/websocket-api-service.ts";

export interface ServicesOptions {
  readonly region: string;
  readonly accountId: string;
  readonly endpoints: EngineEndpoints;
  /** The caller that has an access key. A call that its policies do not allow is denied. */
  readonly identify: (accessKeyId: string) => Identity | undefined;
  /** The policy document of a resource, by its ARN. */
  readonly policyOf: (resourceArn: string) => string | undefined;
  /** Checkpoints, unpacked bundles and, below `logs`, a file for each function and service. */
  readonly folder: string;
  readonly storage: "disk" | "memory";
  /** Preferred ports. Where one is taken, a free port is used. */
  readonly ports?: Partial<
    Readonly<Record<"api" | "edge" | "websocket" | "secrets" | "lambda" | "events" | "mail", number>>
  >;
  readonly log: (line: LogLine) => void;
  /** @default the system's */
  readonly timers?: Timers;
}

/** All services of one laptop cloud. Schedules and routes invoke the same functions. */
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
  /** The `AWS_ENDPOINT_URL_*` variables of every function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops from the edge inwards: routes, schedules, mappings, destinations, functions. */
  stop(): Promise<void>;
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const { ports = {}, endpoints, identify } = options;
  const files = createLogFiles(join(options.folder, "logs"));
  const context = contextOf(options, files.write);
  const state = openServiceState(options);
  const shared: Shared = { ...context, state, ports };
  // Only events call it, and no event comes before all services have started.
  const invokeLater: InvokeFunction = async (arn, payload) => {
    await lambda.invoke({ function: arn, payload, type: "Event" });
  };
  const called = await startCalledServices(shared, invokeLater);
  const access = await startAccess({ ...context, identify, upstreams: upstreamsOf(endpoints, called) });
  const environment = endpointVariables(access);
  const lambda = await startLambda({ ...context, sharedEnvironment: () => environment, ...portOf(ports.lambda) });
  environment.AWS_ENDPOINT_URL_LAMBDA = lambda.endpoint;
  const services = {
    access,
    lambda,
    ...called,
    ...createEntrances(shared, { lambda, access, policyOf: options.policyOf }),
    ...createSources(shared, lambda),
    environment,
  };
  return {
    ...services,
    stop: async () => {
      await stopServices(services);
      state.close();
      await files.close();
    },
  };
}

/** What the services of one laptop cloud share. */
interface Shared extends ServiceContext {
  readonly state: ServiceState;
  readonly ports: NonNullable<ServicesOptions["ports"]>;
}

function contextOf(options: ServicesOptions, write: (line: LogLine) => void): ServiceContext {
  return {
    ...options,
    timers: options.timers ?? systemTimers,
    log: (line) => {
      write(line);
      options.log(line);
    },
  };
}

type CalledServices = Pick<Services, "secrets" | "eventBus" | "mail">;

/** The services that functions call, apart from the engines. */
async function startCalledServices(shared: Shared, invokeFunction: InvokeFunction): Promise<CalledServices> {
  const { ports } = shared;
  return {
    secrets: await startSecrets({ ...shared, ...portOf(ports.secrets) }),
    eventBus: await startEventBus({ ...shared, invokeFunction, ...portOf(ports.events) }),
    mail: await startMail({ ...shared, ...portOf(ports.mail) }),
  };
}

/** Requests come in here from outside. */
function createEntrances(
  shared: Shared,
  given: Pick<Services, "lambda" | "access"> & Pick<ServicesOptions, "policyOf">,
): Pick<Services, "waf" | "apiGateway" | "edge" | "webSocketApis"> {
  const { ports, accountId } = shared;
  const { lambda, access, policyOf } = given;
  const waf = createWaf(shared);
  const bucketPolicies = createResourcePolicyEvaluator({ accountId, policyOf });
  return {
    waf,
    apiGateway: createApiGateway({ ...shared, lambda, waf, ...portOf(ports.api) }),
    edge: createEdge({ ...shared, waf, bucketPolicies, ...portOf(ports.edge) }),
    webSocketApis: createWebSocketApis({ ...shared, lambda, demand: access.demand, ...portOf(ports.websocket) }),
  };
}

/** These read queues, streams and clocks, and pass on what they find. */
function createSources(
  shared: Shared,
  lambda: LambdaService,
): Pick<Services, "eventSourceMappings" | "kinesisDestinations" | "firehose" | "schedules"> {
  return {
    eventSourceMappings: createEventSourceMappings({ ...shared, lambda }),
    kinesisDestinations: createKinesisDestinations(shared),
    firehose: createFirehose(shared),
    schedules: createSchedules({ ...shared, lambda }),
  };
}

async function stopServices(services: Omit<Services, "environment" | "stop">): Promise<void> {
  await services.edge.stop();
  await Promise.all([services.apiGateway.stop(), services.webSocketApis.stop()]);
  await Promise.all([
    services.schedules.stop(),
    services.eventSourceMappings.stop(),
    services.kinesisDestinations.stop(),
  ]);
  await services.firehose.stop();
  await services.lambda.stop();
  await services.access.stop();
  await services.eventBus.stop();
  await services.mail.stop();
  await services.secrets.stop();
}

function upstreamsOf({ dynamodb, kinesis, sqs, s3 }: EngineEndpoints, called: CalledServices) {
  return {
    dynamodb,
    kinesis,
    sqs,
    s3,
    secretsmanager: called.secrets.endpoint,
    events: called.eventBus.endpoint,
    ses: called.mail.endpoint,
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
