import { Logger } from "@aws-lambda-powertools/logger";
import type { functionVariables, Variables } from "../variables.ts";

/** Every line has these of its own; Powertools drops a field of such a name. */
type ReservedField = "level" | "message" | "sampling_rate" | "service" | "timestamp";
type LogFields = Readonly<Record<string, unknown>> & { readonly [Name in ReservedField]?: never };

/**
 * Structured log lines. What a line is about travels with it, for handlers may share an instance: `correlation_id` is the
 * id of the request that a client read in `X-Request-Id`, and that its movements and events carry; see `aboutRequests`.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error`, when given, is the cause; it is written with its stack and its own causes. */
  error(message: string, fields?: LogFields & { readonly error?: unknown }): void;
}

/** Level, environment and service name come from the function's variables. */
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

/** As many as a batch of the change stream has records; with ids of 36 characters the line stays below 40 KB. */
const idCountMax = 1_000;

/** Fields of a line about several requests, by which a search for any one of them finds it. */
export function aboutRequests(requestIds: Iterable<string>): LogFields {
  const ids = [...new Set(requestIds)];
  return {
    correlation_ids: ids.slice(0, idCountMax),
    ...(ids.length > idCountMax && { correlation_ids_left_out: ids.length - idCountMax }),
  };
}
