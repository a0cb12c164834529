/** CloudWatch namespace of every metric that functions write. */
export const metricNamespace = "Holdfast";

interface Metric {
  readonly unit: "Count" | "Milliseconds";
  /** Dimensions besides `service` and `environment`, which all metrics have. AWS bills each combination of values. */
  readonly labels: readonly string[];
  readonly meaning: string;
}

const count = (meaning: string) => ({ unit: "Count", labels: [], meaning }) as const;
const duration = (meaning: string) => ({ unit: "Milliseconds", labels: [], meaning }) as const;

/** Every metric that functions write. Alarms, the dashboard and docs/operations.md name no other metric. */
export const metrics = {
  CommandDuration: {
    unit: "Milliseconds",
    labels: ["operation", "outcome"],
    meaning:
      "Time from receipt of a command to its answer; its sample count is the number of commands. " +
      "Outcome: done, replayed, refused (4xx) or unavailable (5xx)",
  },
  Refusals: { unit: "Count", labels: ["code"], meaning: "Requests answered with a problem, by its code" },
  ReservationsHeld: count("Reservations made"),
  ReservationsExpired: count("Reservations that their timer or the sweep expired"),
  ReservationsNotExpired: count("Reservations that the sweep could not expire; it tries again"),
  ExpiryLag: duration("Time from a reservation's deadline until its stock was released"),
  ExpiryTimersNotSent: count(
    "Reservations without a timer because the queue did not accept it; the sweep expires them",
  ),
  RefusalsNotAnnounced: count("ReservationRefused events that the bus did not accept before the answer was sent"),
  TransactionConflicts: count("Writes retried because of a conflict with another transaction on an item"),
  TableThrottles: count("Reads and writes retried because DynamoDB throttled them"),
  UnknownOutcomes: count("Reads and writes retried because their outcome was unknown"),
  CacheHit: count("Reads of stock answered from the cache"),
  CacheMiss: count("Reads of stock for which the cache had no copy, or none fresh enough"),
  CacheUnavailable: count("Calls that Redis did not answer; the functions continued without it"),
  FeedLag: duration(
    "Time from a change to its arrival in SQL, cache, sockets or bus, for the oldest change of each batch",
  ),
  MovementsWritten: count("Movements added to the ledger"),
  LevelsWithGaps: count("Levels of which the ledger has lacked a version for more than ten minutes"),
  MovementsWithoutPartition: count("Movements that fitted no monthly partition; they were moved into one"),
  RecordsQuarantined: count("Unreadable records of the change stream, stored whole in the quarantine bucket"),
  RecordsPassedOver: count("The same records, skipped by a consumer that stores none"),
  EventsPublished: count("Events that the bus accepted"),
  EventsNotPublished: count("Events that the bus did not accept; the stream delivers them again"),
  CrossingsAnnounced: count("StockRanLow and StockRecovered events"),
  MailsSent: count("Mails about levels that ran low"),
  MailsNotSent: count("Mails that could not be sent; the queue tries again"),
  WebhooksDelivered: count("Posts that a webhook accepted"),
  WebhooksNotTaken: count("Posts that a webhook did not accept; they are retried for a day"),
  WebhooksGivenUp: count("Posts given up after a day of retries"),
  LiveFramesSent: count("Changes sent to live connections"),
  LiveConnectionsLost: count("Live connections closed because a change could not be sent to them"),
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a metric in CloudWatch. */
export type MetricName = keyof typeof metrics;
/** The metrics that are counts without labels. */
export type CountName = {
  [Name in MetricName]: (typeof metrics)[Name] extends { unit: "Count"; labels: readonly [] } ? Name : never;
}[MetricName];
/** The arguments that a value of the metric needs: its labels, or none. */
export type MetricLabels<Name extends MetricName> = (typeof metrics)[Name]["labels"] extends readonly []
  ? []
  : [labels: Readonly<Record<(typeof metrics)[Name]["labels"][number], string>>];
