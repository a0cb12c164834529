import { Alarms, type MetricAlarmProps } from "../observability/alarms.ts";
import { Dashboard } from "../observability/dashboard.ts";
import { dashboardRows } from "./dashboard-rows.ts";
import type { FunctionFactory } from "./function-factory.ts";
import type { FunctionName } from "./functions.ts";

const runbook = "docs/operations.md";
/** The longest delay of a change that the contract promises. */
const feedLagMsMax: Readonly<Partial<Record<FunctionName, number>>> = {
  etl: 30_000,
  "search-indexer": 10_000,
  publisher: 10_000,
  "cache-refresher": 2_000,
  "live-broadcaster": 2_000,
};

/** Alarms for the contract's promises, in addition to the alarms of each function and queue. */
const promises: readonly (MetricAlarmProps & { readonly service?: FunctionName })[] = [
  ...Object.entries(feedLagMsMax).map(([service, threshold]) => ({
    metric: "FeedLag" as const,
    service: service as FunctionName,
    statistic: "p99" as const,
    threshold,
    periodCount: 3,
    anchor: "a-consumer-is-behind",
    meaning: `Changes reach ${service} later than the contract promises, ${threshold / 1_000} s.`,
  })),
  {
    metric: "ExpiryLag",
    service: "expiry",
    statistic: "p99",
    threshold: 5_000,
    periodCount: 3,
    meaning: "Stock of expired reservations comes back later than 5 s.",
    anchor: "reservations-expire-late",
  },
  {
    metric: "ExpiryLag",
    service: "expiry-sweep",
    statistic: "Maximum",
    threshold: 120_000,
    meaning: "A reservation without a timer expired later than 2 min.",
    anchor: "reservations-expire-late",
  },
  {
    metric: "ReservationsNotExpired",
    statistic: "Sum",
    threshold: 0,
    periodCount: 3,
    meaning: "The sweep cannot expire some reservations.",
    anchor: "reservations-expire-late",
  },
  {
    metric: "CacheUnavailable",
    statistic: "Sum",
    threshold: 50,
    periodCount: 2,
    meaning: "Redis does not answer: reads go to the table, clients are not limited.",
    anchor: "redis-is-away",
  },
  {
    metric: "TableThrottles",
    statistic: "Sum",
    threshold: 100,
    periodCount: 3,
    meaning: "DynamoDB throttles: one item or the whole table gets too much.",
    anchor: "the-table-throttles",
  },
  {
    metric: "RecordsQuarantined",
    statistic: "Sum",
    threshold: 0,
    meaning: "A record of the change stream could not be read, and is kept whole.",
    anchor: "quarantine",
  },
  {
    metric: "LevelsWithGaps",
    service: "migrator",
    statistic: "Maximum",
    threshold: 0,
    periodSeconds: 3_600,
    meaning: "The ledger lacks versions that later ones overtook.",
    anchor: "gaps-in-the-ledger",
  },
  {
    metric: "MovementsWithoutPartition",
    service: "migrator",
    statistic: "Sum",
    threshold: 0,
    meaning: "Movements landed in the ledger's default partition.",
    anchor: "movements-without-a-partition",
  },
];

/** Makes alarms and a dashboard for every construct that is in the stack now. Call it last. */
export function watchService(factory: FunctionFactory): void {
  const { stack, environment } = factory;
  const { name, region, service } = environment;
  const alarms = new Alarms(stack, "alarms", {
    name: stack.named("alarm"),
    environment: name,
    runbook,
    ...(service.alarms && { topicArn: service.alarms.topicArn }),
  });
  alarms.watch(stack);
  for (const promise of promises) alarms.watchMetric(promise);
  new Dashboard(stack, "dashboard", { name: stack.named("overview"), region, rows: dashboardRows(factory) });
}
