import type { Construct } from "constructs";
import { type MetricName, metricNamespace, metrics } from "../../contract/metric.ts";
import { RestApi } from "../api/rest-api.ts";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import { EventBus } from "../messaging/event-bus.ts";
import { Queue } from "../messaging/queue.ts";
import { type Graph, type Line, type Row, type Statistic, search } from "../observability/dashboard.ts";
import type { Foundation } from "./foundation.ts";
import type { FunctionFactory } from "./function-factory.ts";

/** Returns the rows of the operators' dashboard: first what clients notice, last what costs money. */
export function dashboardRows(factory: FunctionFactory): readonly Row[] {
  const { stack, foundation } = factory;
  const environment = factory.environment.name;
  const own = ownGraphs(environment);
  const functions = functionGraphs(factory.all());
  return [
    {
      title: "Commands",
      graphs: [
        own("Commands by operation and outcome", "SampleCount", "CommandDuration"),
        own("Refusals by code", "Sum", "Refusals"),
        own("Command duration, p99 (ms)", "p99", "CommandDuration"),
        own("Reservations", "Sum", "ReservationsHeld", "ReservationsExpired"),
      ],
    },
    { title: "API", graphs: apiGraphs(all(stack, RestApi)) },
    {
      title: "The table",
      graphs: [
        own("Writes and reads sent again", "Sum", "TransactionConflicts", "TableThrottles", "UnknownOutcomes"),
        tableGraph("Throttled by DynamoDB", "ThrottledRequests", foundation),
      ],
    },
    {
      title: "How late",
      graphs: [
        own("Expiry lag, p99 (ms)", "p99", "ExpiryLag"),
        own("Feed lag, p99 (ms)", "p99", "FeedLag"),
        functions("Age of stream records (ms)", "Maximum", "IteratorAge"),
        own("Gaps, strays, quarantine", "Sum", "LevelsWithGaps", "MovementsWithoutPartition", "RecordsQuarantined"),
      ],
    },
    {
      title: "Cache",
      graphs: [hitRatio(environment), own("Redis did not answer", "Sum", "CacheUnavailable")],
    },
    { title: "Queues", graphs: queueGraphs(all(stack, Queue), all(stack, EventBus)) },
    {
      title: "Events, mails, webhooks, live",
      graphs: [
        own("Events", "Sum", "EventsPublished", "EventsNotPublished", "CrossingsAnnounced"),
        own("Mails", "Sum", "MailsSent", "MailsNotSent"),
        own("Webhooks", "Sum", "WebhooksDelivered", "WebhooksNotTaken", "WebhooksGivenUp"),
        own("Live connections", "Sum", "LiveFramesSent", "LiveConnectionsLost"),
      ],
    },
    {
      title: "Functions",
      graphs: [
        functions("Errors", "Sum", "Errors"),
        functions("Throttles", "Sum", "Throttles"),
        functions("Duration, p99 (ms)", "p99", "Duration"),
        functions("At once", "Maximum", "ConcurrentExecutions"),
      ],
    },
    { title: "What costs", graphs: [functions("Calls", "Sum", "Invocations"), ...costGraphs(foundation)] },
  ];
}

function all<Kind>(scope: Construct, kind: new (...given: never[]) => Kind): readonly Kind[] {
  return scope.node.findAll().flatMap((found) => (found instanceof kind ? [found] : []));
}

/** Returns a function that makes graphs of Holdfast's own metrics, with a line for each combination of labels. */
const ownGraphs =
  (environment: string) =>
  (title: string, statistic: Statistic, ...names: readonly MetricName[]): Graph => ({
    title,
    statistic,
    lines: names.map((metric) => ({ expression: ownSearch(environment, metric, statistic) })),
  });

const ownSearch = (environment: string, metric: MetricName, statistic: Statistic): string =>
  search({
    namespace: metricNamespace,
    metric,
    statistic,
    where: `environment="${environment}"`,
    dimensions: ["service", "environment", ...metrics[metric].labels],
  });

function hitRatio(environment: string): Graph {
  const sum = (metric: MetricName) => `SUM(${ownSearch(environment, metric, "Sum")})`;
  return {
    title: "Hits in 100 reads of stock",
    lines: [
      { id: "hits", expression: sum("CacheHit"), hidden: true },
      { id: "misses", expression: sum("CacheMiss"), hidden: true },
      { expression: "100 * hits / (hits + misses)", label: "hits" },
    ],
  };
}

const functionGraphs =
  (functions: readonly LambdaFunction[]) =>
  (title: string, statistic: Statistic, metric: string): Graph => ({
    title,
    statistic,
    lines: functions.map(({ name, node }) => ({
      namespace: "AWS/Lambda",
      metric,
      dimensions: { FunctionName: name },
      label: node.id,
    })),
  });

function apiGraphs(apis: readonly RestApi[]): readonly Graph[] {
  const graph = (title: string, statistic: Statistic, ...names: readonly string[]): Graph => ({
    title,
    statistic,
    lines: apis.flatMap(({ api, stage }) => {
      const dimensions = { ApiName: api.nameInput ?? "", Stage: stage.stageNameInput ?? "" };
      return names.map((metric) => ({ namespace: "AWS/ApiGateway", metric, dimensions }));
    }),
  });
  return [
    graph("Requests", "Sum", "Count", "4XXError", "5XXError"),
    graph("Latency, p50 (ms)", "p50", "Latency", "IntegrationLatency"),
    graph("Latency, p99 (ms)", "p99", "Latency", "IntegrationLatency"),
  ];
}

function queueGraphs(queues: readonly Queue[], buses: readonly EventBus[]): readonly Graph[] {
  const line = (metric: string, name: string | undefined): Line => ({
    namespace: "AWS/SQS",
    metric,
    dimensions: { QueueName: name ?? "" },
  });
  const dead = [...queues.map(({ deadLetters }) => deadLetters), ...buses.flatMap(({ undelivered }) => undelivered)];
  const waiting = "ApproximateNumberOfMessagesVisible";
  return [
    {
      title: "Messages that wait",
      statistic: "Maximum",
      lines: queues.map(({ queue }) => line(waiting, queue.nameInput)),
    },
    {
      title: "Age of the oldest (s)",
      statistic: "Maximum",
      lines: queues.map(({ queue }) => line("ApproximateAgeOfOldestMessage", queue.nameInput)),
    },
    {
      title: "Dead letters",
      statistic: "Maximum",
      lines: dead.map((queue) => line(waiting, queue.nameInput)),
    },
  ];
}

/** Makes a graph with a line for each operation on the tables `inventory` and `requests`. */
function tableGraph(title: string, metric: string, { inventory, requests }: Foundation): Graph {
  const lines = [inventory, requests].map(({ table }) => ({
    expression: search({
      namespace: "AWS/DynamoDB",
      metric,
      dimensions: ["TableName", "Operation"],
      statistic: "Sum",
      where: `TableName="${table.nameInput}"`,
    }),
  }));
  return { title, lines };
}

/** Makes the graphs of what AWS bills: table units, bytes of logs and of the stream, and database capacity. */
function costGraphs({ inventory, requests, changes, database }: Foundation): readonly Graph[] {
  const units = ["ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits"];
  const cluster = { DBClusterIdentifier: database.cluster.clusterIdentifierInput ?? "" };
  return [
    {
      title: "DynamoDB units",
      lines: [inventory, requests].flatMap(({ table }) =>
        units.map((metric) => ({
          namespace: "AWS/DynamoDB",
          metric,
          dimensions: { TableName: table.nameInput ?? "" },
        })),
      ),
    },
    {
      title: "Bytes of logs and of the change stream",
      lines: [
        { namespace: "AWS/Logs", metric: "IncomingBytes", dimensions: {} },
        {
          namespace: "AWS/Kinesis",
          metric: "IncomingBytes",
          dimensions: { StreamName: changes.stream.nameInput ?? "" },
        },
      ],
    },
    {
      title: "Database capacity (ACU)",
      statistic: "Average",
      lines: [{ namespace: "AWS/RDS", metric: "ServerlessDatabaseCapacity", dimensions: cluster }],
    },
  ];
}
