import { Logger } from "@aws-lambda-powertools/logger";
import type { functionVariables, Variables } from "../variables.ts";

/** Fields that Powertools sets on every line. It drops other fields with these names. */
type ReservedField = "level" | "message" | "sampling_rate" | "service" | "timestamp";
type LogFields = Readonly<Record<string, unknown>> & { readonly [Name in ReservedField]?: never };

/**
 * The structured log. Each line names its subject in its own fields, because concurrent work shares the log.
 * `correlation_id` is the id of the request that the client got in `X-Request-Id`, and that movements and events
 * contain. For several requests see `aboutRequests`.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is the cause. It is written with its stack and its own causes. */
  error(message: string, fields?: LogFields & { readonly error?: unknown }): void;
}

/** Creates the log with the level, environment and service name of the function's variables. */
export function createLog(environment: Variables<typeof functionVariables>): Log {
  const logger = new Logger({
    serviceName: environment.POWERTOOLS_SERVICE_NAME,
    logLevel: environment.LOG_LEVEL,
    environment: environment.ENVIRONMENT,
  });
  return {
    debug: (message, fields) => logger.debug(message, { ...fields }),
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => {
      const { error, ...others } = fields ?? {};
      const cause = error instanceof Error || error === undefined ? error : new Error(String(error));
      logger.error(message, { ...others, ...(cause && { error: cause }) });
    },
  };
}

/** The number of records in a batch of the change stream. With ids of 36 characters a line stays below 40 KB. */
const idCountMax = 1_000;

/** Returns the fields of a line about several requests, so that a search for any of them finds the line. */
export function aboutRequests(requestIds: Iterable<string>): LogFields {
  const ids = [...new Set(requestIds)];
  return {
    correlation_ids: ids.slice(0, idCountMax),
    ...(ids.length > idCountMax && { correlation_ids_left_out: ids.length - idCountMax }),
  };
}
