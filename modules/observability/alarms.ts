import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { Construct } from "constructs";
import { type MetricName, metricNamespace } from "../../contract/metric.ts";
import { RestApi } from "../api/rest-api.ts";
import { WebSocketApi } from "../api/websocket-api.ts";
import { LambdaFunction } from "../compute/lambda-function.ts";
import { EventBus } from "../messaging/event-bus.ts";
import { Queue } from "../messaging/queue.ts";
import { physicalName } from "../naming.ts";

/** A sender may delay a message by 15 minutes. A message twice as old waits for its consumer. */
const messageAgeSecondsMax = 1_800;
const iteratorAgeMsMax = 60_000;
const apiLatencyMsMax = 2_000;
const apiFaultRateMax = 0.01;

export interface AlarmsProps {
  /** First part of the names of the alarms. */
  readonly name: string;
  /** Value of the dimension `environment` in the metrics that functions write. */
  readonly environment: string;
  /** Address of the runbook. The description of each alarm links to one of its anchors. */
  readonly runbook: string;
  /**
   * SNS topic that gets a message when an alarm starts and when it ends. @default none: only the console shows alarms
   */
  readonly topicArn?: string;
}

export interface MetricAlarmProps {
  readonly metric: MetricName;
  /** The function that writes the metric. @default all functions: their values are summed */
  readonly service?: string;
  /** Every statistic except Sum needs a `service`. */
  readonly statistic: "Sum" | "Maximum" | "p99";
  /** In the metric's unit; a value above it raises the alarm. */
  readonly threshold: number;
  /** Length of a period, over which values are aggregated. @default 300 */
  readonly periodSeconds?: number;
  /** Number of consecutive periods above the threshold that raise the alarm. @default 1 */
  readonly periodCount?: number;
  /** What happened, as a sentence for the person who is on duty. */
  readonly meaning: string;
  /** Anchor of the runbook's section that says what to do. */
  readonly anchor: string;
}

type Watched = Pick<
  CloudwatchMetricAlarmConfig,
  "namespace" | "metricName" | "dimensions" | "statistic" | "extendedStatistic" | "metricQuery"
> & {
  readonly threshold: number;
  readonly periodSeconds?: number;
  readonly periodCount?: number;
  readonly meaning: string;
  readonly anchor: string;
};

/**
 * Alarms that say what they mean and what to do. `watch` makes alarms for every construct in a scope that can fail. The
 * other intents make alarms for one construct.
 * @example
 * const alarms = new Alarms(stack, "alarms", { name: "shop", environment: "prod", runbook: "docs/operations.md" });
 * alarms.watch(stack);
 * alarms.watchMetric({
 *   metric: "RecordsQuarantined",
 *   statistic: "Sum",
 *   threshold: 0,
 *   meaning: "A record could not be read.",
 *   anchor: "quarantine",
 * });
 */
export class Alarms extends Construct {
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
  }

  /** Watches every function, queue, bus and API that the scope contains now. Call it last. */
  watch(scope: Construct): void {
    for (const found of scope.node.findAll()) {
      if (found instanceof LambdaFunction) this.watchFunction(found);
      else if (found instanceof Queue) this.watchQueue(found);
      else if (found instanceof EventBus) this.watchBus(found);
      else if (found instanceof RestApi) this.watchRestApi(found);
      else if (found instanceof WebSocketApi) this.watchWebSocketApi(found);
    }
  }

  /** Watches a function's errors and throttles, and the age of the records if it reads a stream. */
  watchFunction(fn: LambdaFunction): void {
    const { name } = fn;
    const of = { namespace: "AWS/Lambda", dimensions: { FunctionName: name }, statistic: "Sum", periodCount: 2 };
    this.#alarm(`${fn.node.id}-errors`, {
      ...of,
      metricName: "Errors",
      threshold: 0,
      anchor: "function-errors",
      meaning: `${name} fails, is cut off or runs out of memory.`,
    });
    this.#alarm(`${fn.node.id}-throttles`, {
      ...of,
      metricName: "Throttles",
      threshold: 0,
      anchor: "function-throttles",
      meaning: `Lambda does not start ${name} as often as it is called.`,
    });
    if (!readsStream(fn)) return;
    this.#alarm(`${fn.node.id}-iterator-age`, {
      ...of,
      metricName: "IteratorAge",
      statistic: "Maximum",
      threshold: iteratorAgeMsMax,
      periodCount: 3,
      meaning: `${name} is behind its stream, or a batch of it fails.`,
      anchor: "a-consumer-is-behind",
    });
  }

  /** Watches a queue's dead letters, and the age of messages that wait for the consumer. */
  watchQueue({ node, queue, deadLetters }: Queue): void {
    this.#watchDeadLetters(`${node.id}-dead-letters`, deadLetters, "its consumer failed on");
    this.#alarm(`${node.id}-message-age`, {
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      statistic: "Maximum",
      dimensions: { QueueName: queue.nameInput ?? "" },
      threshold: messageAgeSecondsMax,
      periodCount: 2,
      meaning: `Messages wait in ${queue.nameInput} for their consumer.`,
      anchor: "a-queue-waits",
    });
  }

  /** Watches for events that a bus could not deliver to a queue. */
  watchBus(bus: EventBus): void {
    for (const queue of bus.undelivered) {
      this.#watchDeadLetters(queue.node.id, queue, "the bus could not bring to their queue");
    }
  }

  /** Watches an API's rate of 5xx responses and its latency (p99). */
  watchRestApi({ node, api, stage }: RestApi): void {
    const dimensions = { ApiName: api.nameInput ?? "", Stage: stage.stageNameInput ?? "" };
    const of = { namespace: "AWS/ApiGateway", dimensions, periodCount: 3 };
    this.#alarm(`${node.id}-5xx`, {
      ...of,
      metricName: "5XXError",
      statistic: "Average",
      threshold: apiFaultRateMax,
      anchor: "api-faults",
      meaning: `More than ${apiFaultRateMax * 100} in 100 requests are answered with 5xx.`,
    });
    this.#alarm(`${node.id}-latency`, {
      ...of,
      metricName: "Latency",
      extendedStatistic: "p99",
      threshold: apiLatencyMsMax,
      anchor: "api-latency",
      meaning: `One in a hundred answers takes longer than ${apiLatencyMsMax / 1_000} s.`,
    });
  }

  /** Watches for upgrades and frames that the gateway could not send to their function. */
  watchWebSocketApi({ node, api, stageName }: WebSocketApi): void {
    for (const metricName of ["ExecutionError", "IntegrationError"]) {
      this.#alarm(`${node.id}-${metricName}`, {
        namespace: "AWS/ApiGateway",
        metricName,
        dimensions: { ApiId: api.id, Stage: stageName },
        statistic: "Sum",
        threshold: 10,
        periodCount: 2,
        anchor: "api-faults",
        meaning: `Live connections end in ${metricName}s.`,
      });
    }
  }

  /** Watches a metric that functions write. */
  watchMetric({ metric, service, statistic, ...watched }: MetricAlarmProps): void {
    const id = [service, metric, statistic].filter((part) => part !== undefined).join("-");
    if (service === undefined) {
      if (statistic !== "Sum") throw new Error(`${this.node.path}: name the service whose ${metric} is watched.`);
      const query = this.#anyService(metric, watched.periodSeconds ?? 300);
      this.#alarm(id, { ...watched, metricQuery: [query] });
      return;
    }
    this.#alarm(id, {
      ...watched,
      namespace: metricNamespace,
      metricName: metric,
      dimensions: { service, environment: this.#props.environment },
      ...(statistic === "p99" ? { extendedStatistic: statistic } : { statistic }),
    });
  }

  /** Returns a query over all functions. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html */
  #anyService(metric: MetricName, period: number) {
    const schema = `SCHEMA("${metricNamespace}", environment, service)`;
    const expression = `SELECT SUM("${metric}") FROM ${schema} WHERE environment = '${this.#props.environment}'`;
    return { id: "sum", expression, period, returnData: true };
  }

  #watchDeadLetters(id: string, queue: SqsQueue, what: string): void {
    this.#alarm(id, {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      dimensions: { QueueName: queue.nameInput ?? "" },
      threshold: 0,
      periodSeconds: 60,
      meaning: `${queue.nameInput} holds messages that ${what}.`,
      anchor: "dead-letters",
    });
  }

  #alarm(id: string, watched: Watched): void {
    const { threshold, periodSeconds = 300, periodCount = 1, meaning, anchor, ...what } = watched;
    const { name, runbook, topicArn } = this.#props;
    new CloudwatchMetricAlarm(this, id, {
      alarmName: physicalName("alarm", name, id),
      alarmDescription: `${meaning} What to do: ${runbook}#${anchor}`,
      comparisonOperator: "GreaterThanThreshold",
      threshold,
      evaluationPeriods: periodCount,
      // A query contains its own period.
      ...(what.metricQuery === undefined && { period: periodSeconds }),
      // With few samples, one slow response is not a p99.
      ...(what.extendedStatistic !== undefined && { evaluateLowSampleCountPercentiles: "ignore" }),
      // No data means that nothing happened: functions write some metrics only when something goes wrong.
      treatMissingData: "notBreaching",
      ...(topicArn !== undefined && { alarmActions: [topicArn], okActions: [topicArn] }),
      ...what,
    });
  }
}

/** Returns whether the function reads a stream: only a mapping of a stream has a starting position. */
const readsStream = (fn: LambdaFunction): boolean =>
  fn.node.children.some(
    (child) => child instanceof LambdaEventSourceMapping && child.startingPositionInput !== undefined,
  );
