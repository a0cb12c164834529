/** Every limit of the REST API. Sources: the public contract, and AWS quotas where a comment names them. */
export const limits = {
  /** The largest stored quantity and the largest quantity of a line, in base units. */
  quantityMax: 1_000_000_000,
  /**
   * A transaction takes 100 items. The other 10 are for the request record, the reservation and later needs.
   * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
   */
  levelsPerCommandMax: 90,
  bodyBytesMax: 65_536,
  /** The number of entries in a page of a list when the client sends no `limit`. */
  listLimitDefault: 50,
  listLimitMax: 100,
  ledgerLimitMax: 500,
  /** The API refuses a report with more rows. */
  reportRowsMax: 50_000,
  /** The response of a function may have 6 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  reportBytesMax: 6_000_000,
  reservationTtlSecondsDefault: 900,
  reservationTtlSecondsMax: 86_400,
  payWithinSecondsDefault: 900,
  payWithinSecondsMax: 86_400,
  /** How long the service remembers an Idempotency-Key. */
  requestRecordHours: 24,
  /** How long a reservation is kept after its last change of state. */
  reservationKeptDays: 90,
  /** The time from receipt of a command. After it the service answers with 503. */
  commandDeadlineMs: 8_000,
  /** The time-out of a single write to DynamoDB. */
  writeTimeoutMs: 1_000,
  /** How long an instance of a function remembers that an item or location exists and is active. */
  existenceCachedMs: 5_000,
  /** An attempt to archive ends within 25 s. If its mark is older than this, the function that set it has died. */
  archivingAbandonedMs: 60_000,
  /** How long the edge may cache an answer about the catalogue that needed no token. */
  catalogueSharedMaxAgeSeconds: 30,
  /** The same limit for answers to searches. */
  searchSharedMaxAgeSeconds: 5,
} as const;
