/** Every bound that a client can meet. Sources: the public contract; AWS quotas where named. */
export const limits = {
  quantityMax: 1_000_000_000,
  /** A transaction takes 100 items; the rest is left for the request record, the reservation and what later joins. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  levelsPerCommandMax: 90,
  bodyBytesMax: 65_536,
  listLimitDefault: 50,
  listLimitMax: 100,
  ledgerLimitMax: 500,
  reportRowsMax: 50_000,
  /** What a function may answer is 6 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  reportBytesMax: 6_000_000,
  reservationTtlSecondsDefault: 900,
  reservationTtlSecondsMax: 86_400,
  payWithinSecondsDefault: 900,
  payWithinSecondsMax: 86_400,
  requestRecordHours: 24,
  reservationKeptDays: 90,
  commandDeadlineMs: 8_000,
  writeTimeoutMs: 1_000,
  existenceCachedMs: 5_000,
  /** An attempt to archive ends within 25 s; a mark of it that is older than this was left by a function that died. */
  archivingAbandonedMs: 60_000,
  catalogueSharedMaxAgeSeconds: 30,
  searchSharedMaxAgeSeconds: 5,
} as const;
