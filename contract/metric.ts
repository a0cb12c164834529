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

/** Every metric that functions write; alarms, dashboard and docs/operations.md name no other. */
export const metrics = {
  CommandDuration: {
    unit: "Milliseconds",
    labels: ["operation", "outcome"],
    meaning:
      "From receipt of a command to its answer; its sample count is the number of commands. " +
      "Outcome: done, replayed, refused (4xx) or unavailable (5xx)",
  },
  Refusals: { unit: "Count", labels: ["code"], meaning: "Requests answered with a problem, by its code" },
  ReservationsHeld: count("Reservations made"),
  ReservationsExpired: count("Reservations expired, by their timer or the sweep"),
  ReservationsNotExpired: count("Reservations that the sweep tried to expire and could not: it tries again"),
  ExpiryLag: duration("From a reservation's deadline until its stock was given back"),
  ExpiryTimersNotSent: count("Reservations without a timer, as the queue did not take it: the sweep expires them"),
  RefusalsNotAnnounced: count("ReservationRefused that the bus did not take before the answer went out"),
  TransactionConflicts: count("Writes sent again because another transaction held an item"),
  TableThrottles: count("Reads and writes sent again because DynamoDB throttled them"),
  UnknownOutcomes: count("Reads and writes sent again because it was unknown what became of them"),
  CacheHit: count("Reads of stock answered by a copy"),
  CacheMiss: count("Reads of stock for which there was no copy, or none fresh enough"),
  CacheUnavailable: count("Uses of Redis that it did not answer: everything went on without"),
  FeedLag: duration("From a change to its arrival in SQL, cache, sockets or bus: the oldest one of each batch"),
  MovementsWritten: count("Movements new to the ledger"),
  LevelsWithGaps: count("Levels whose ledger lacks a version for more than ten minutes"),
  MovementsWithoutPartition: count("Movements that no monthly partition took; they were moved into one"),
  RecordsQuarantined: count("Records of the change stream that nobody could read: kept whole in the quarantine bucket"),
  RecordsPassedOver: count("The same records, seen by a consumer that keeps none"),
  EventsPublished: count("Events that the bus took"),
  EventsNotPublished: count("Events that the bus did not take: the stream brings them again"),
  CrossingsAnnounced: count("StockRanLow and StockRecovered"),
  MailsSent: count("Mails about levels that ran low"),
  MailsNotSent: count("Mails that could not be sent: the queue tries again"),
  WebhooksDelivered: count("Posts that a webhook took"),
  WebhooksNotTaken: count("Posts that a webhook did not take: tried again for a day"),
  WebhooksGivenUp: count("Posts given up after a day"),
  LiveFramesSent: count("Changes told to live connections"),
  LiveConnectionsLost: count("Live connections ended because they could not be told of a change"),
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
