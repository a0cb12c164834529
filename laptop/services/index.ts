export { pollerCalls } from "./access/poller-calls.ts";
export type {
  ApiGatewayService,
  GatewayResponseOptions,
  MethodSettingsOptions,
  RestApiDescription,
  RestApiOptions,
  StageDescription,
  StageOptions,
} from "./api-gateway/api-gateway-service.ts";
export type { EngineEndpoints, LogLine } from "./context.ts";
export type {
  BehaviourOptions,
  CachePolicy,
  CorsPolicy,
  DistributionDescription,
  DistributionOptions,
  EdgeService,
  ErrorResponseOptions,
  OriginOptions,
  OriginRequestPolicy,
  PolicyHeader,
  ResponseHeadersPolicy,
  Selection,
  ViewerFunctionOptions,
} from "./edge/edge-service.ts";
export type {
  ArchiveOptions,
  EventBusService,
  RuleOptions,
  TargetOptions,
} from "./event-bus/event-bus-service.ts";
export type {
  EventSourceMappingDescription,
  EventSourceMappingOptions,
  EventSourceMappingService,
} from "./event-source-mapping/event-source-mapping-service.ts";
export type {
  DeliveryStreamDescription,
  DeliveryStreamOptions,
  FirehoseService,
} from "./firehose/firehose-service.ts";
export type {
  KinesisDestinationOptions,
  KinesisDestinationService,
} from "./kinesis-destination/kinesis-destination-service.ts";
export type {
  FunctionDescription,
  FunctionOptions,
  Invocation,
  InvocationResult,
  InvokeConfigOptions,
  LambdaService,
  PermissionOptions,
} from "./lambda/lambda-service.ts";
export { LambdaError } from "./lambda/lambda-service.ts";
export type { MailService, StoredMail } from "./mail/mail-service.ts";
export type { ScheduleDescription, ScheduleOptions, ScheduleService } from "./schedule/schedule-service.ts";
export type {
  SecretDescription,
  SecretOptions,
  SecretsService,
  SecretValueOptions,
} from "./secrets/secrets-service.ts";
export { type Services, type ServicesOptions, startServices } from "./services.ts";
export { systemTimers, type Timers } from "./timers.ts";
export { createFirewall, type Firewall, type Verdict } from "./waf/firewall.ts";
export type { WafService, WebAclDescription } from "./waf/waf-service.ts";
export type {
  Action,
  CustomResponse,
  Field,
  ManagedGroupStatement,
  Rule,
  Statement,
  WebAcl,
  WebRequest,
} from "./waf/web-acl.ts";
