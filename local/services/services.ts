import type { ApiGatewayService } from "./api-gateway/api-gateway-service.ts";
import type { EngineEndpoints, LogLine } from "./context.ts";
import type { EventSourceMappingService } from "./event-source-mapping/event-source-mapping-service.ts";
import type { FirehoseService } from "./firehose/firehose-service.ts";
import type { KinesisDestinationService } from "./kinesis-destination/kinesis-destination-service.ts";
import type { LambdaService } from "./lambda/lambda-service.ts";
import type { ScheduleService } from "./schedule/schedule-service.ts";
import type { SecretsService } from "./secrets/secrets-service.ts";
import type { Timers } from "./timers.ts";

export interface ServicesOptions {
  readonly region: string;
  readonly accountId: string;
  readonly endpoints: EngineEndpoints;
  readonly folder: string;
  readonly storage: "disk" | "memory";
  /** Preferred ports; a taken one falls back to a free one and is logged. */
  readonly ports?: { readonly api?: number; readonly secrets?: number; readonly lambda?: number };
  readonly log: (line: LogLine) => void;
  /** @default the system's */
  readonly timers?: Timers;
}

/** All services of one laptop cloud, joined: schedules and routes reach the same functions. */
export interface Services {
  readonly lambda: LambdaService;
  readonly apiGateway: ApiGatewayService;
  readonly eventSourceMappings: EventSourceMappingService;
  readonly kinesisDestinations: KinesisDestinationService;
  readonly firehose: FirehoseService;
  readonly schedules: ScheduleService;
  readonly secrets: SecretsService;
  /** `AWS_ENDPOINT_URL_*` and credentials for a client outside of any function. */
  readonly environment: Readonly<Record<string, string>>;
  /** From the edge inwards: routes, schedules, mappings, destinations, functions. */
  stop(): Promise<void>;
}

export type StartServices = (options: ServicesOptions) => Promise<Services>;
