/** Every bound of the REST API. Sources: the public contract; AWS quotas where named. */
export const limits = {
  /** Of a stored quantity and of a line, in base units. */
  quantityMax: 1_000_000_000,
  /** A transaction takes 100 items; the other 10 are kept for the request record, the reservation and later needs. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  levelsPerCommandMax: 90,
  bodyBytesMax: 65_536,
  /** Entries of a page of a list, unless the client asks for another number. */
  listLimitDefault: 50,
  listLimitMax: 100,
  ledgerLimitMax: 500,
  /** A report with more rows is refused. */
  reportRowsMax: 50_000,
  /** A function's answer may have 6 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  reportBytesMax: 6_000_000,
  reservationTtlSecondsDefault: 900,
  reservationTtlSecondsMax: 86_400,
  payWithinSecondsDefault: 900,
  payWithinSecondsMax: 86_400,
  /** How long an Idempotency-Key is remembered. */
  requestRecordHours: 24,
  /** How long a reservation is kept after its last change of state. */
  reservationKeptDays: 90,
  /** From receipt of a command; then it is answered with 503. */
  commandDeadlineMs: 8_000,
  /** Of a single write to DynamoDB. */
  writeTimeoutMs: 1_000,
  /** How long an instance of a function remembers that an item or location exists and is active. */
  existenceCachedMs: 5_000,
  /** An attempt to archive ends within 25 s. A mark of one that is older than this was left by a function that died. */
  archivingAbandonedMs: 60_000,
  /** How long the edge may keep an answer about the catalogue that needed no token. */
  catalogueSharedMaxAgeSeconds: 30,
  /** The same for answers to searches. */
  searchSharedMaxAgeSeconds: 5,
} as const;
