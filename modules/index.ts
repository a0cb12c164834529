export { openApiBody } from "./api/openapi.ts";
export { RestApi, type RestApiProps } from "./api/rest-api.ts";
export {
  type ConnectionOperation,
  WebSocketApi,
  type WebSocketApiProps,
  type WebSocketFunctions,
} from "./api/websocket-api.ts";
export type { Bundle } from "./compute/bundle.ts";
export { FunctionSchedule, type FunctionScheduleProps } from "./compute/function-schedule.ts";
export {
  type FunctionVariables,
  LambdaFunction,
  type LambdaFunctionProps,
  type Placement,
  type Reach,
} from "./compute/lambda-function.ts";
export { Bucket, type BucketProps } from "./data/bucket.ts";
export { Cache, type CacheProps } from "./data/cache.ts";
export { EncryptionKey, type EncryptionKeyProps } from "./data/encryption-key.ts";
export { Postgres, type PostgresProps } from "./data/postgres.ts";
export { Table, type TableConsumerProps, type TableIndex, type TableProps, type WriteOperation } from "./data/table.ts";
export { type ApiOrigin, Distribution, type DistributionProps } from "./edge/distribution.ts";
export { Firewall, type FirewallProps } from "./edge/firewall.ts";
export { OriginGuard, type OriginGuardProps } from "./edge/origin-guard.ts";
export { Site, type SiteFile, type SiteProps } from "./edge/site.ts";
export type { Statement } from "./identity/policy.ts";
export { type Grantee, Role, type RoleProps } from "./identity/role.ts";
export { EventBus, type EventBusProps, type EventFilter, type EventSelection } from "./messaging/event-bus.ts";
export { MailSender, type MailSenderProps } from "./messaging/mail-sender.ts";
export { Queue, type QueueConsumerProps, type QueueProps } from "./messaging/queue.ts";
export { type NamedKind, nameLimits, physicalName } from "./naming.ts";
export { type InterfaceEndpointService, Network, type NetworkProps, type PrivateNetwork } from "./network/network.ts";
export { Alarms, type AlarmsProps, type MetricAlarmProps } from "./observability/alarms.ts";
export {
  Dashboard,
  type DashboardProps,
  type Graph,
  type Line,
  type Row,
  type Statistic,
  search,
} from "./observability/dashboard.ts";
export type { Backend } from "./platform/backend.ts";
export { Foundation, type FoundationProps } from "./platform/foundation.ts";
export {
  type Bundles,
  type BundlesOf,
  type EnvironmentOf,
  type FunctionEntry,
  type FunctionName,
  functionNames,
  functions,
} from "./platform/functions.ts";
export { Service, type ServiceProps } from "./platform/service.ts";
export type { EnvironmentSettings, FoundationSettings, ServiceSettings } from "./platform/settings.ts";
export type { Protection } from "./protection.ts";
export { Archive, type ArchiveProps } from "./streaming/archive.ts";
export { ChangeStream, type ChangeStreamProps, type StreamConsumerProps } from "./streaming/change-stream.ts";
