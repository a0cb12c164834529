import { Metrics } from "@aws-lambda-powertools/metrics";
import {
  type CountName,
  type MetricLabels,
  type MetricName,
  metricNamespace,
  metrics,
} from "../../../contract/metric.ts";
import type { functionVariables, Variables } from "../variables.ts";

/** Records metrics that the gateway, queues and tables do not have. */
export interface Meter {
  count(name: CountName, value?: number): void;
  /** Records one value of a distribution, in the metric's unit. */
  measure<Name extends MetricName>(name: Name, value: number, ...labels: MetricLabels<Name>): void;
}

/** A meter that keeps values until `flush` writes them. */
export interface BufferedMeter extends Meter {
  flush(): void;
}

/**
 * Creates a meter that writes CloudWatch's embedded metric format: one line for all values of an invocation, and one
 * more for each set of labels. `metered` writes them when the invocation ends. When Lambda stops an invocation early,
 * its values are lost.
 */
export function createMeter(
  environment: Pick<Variables<typeof functionVariables>, "ENVIRONMENT" | "POWERTOOLS_SERVICE_NAME">,
): BufferedMeter {
  const lines = new Map<string, Metrics>();
  const lineOf = (labels: Readonly<Record<string, string>>): Metrics => {
    const key = JSON.stringify(labels);
    const known = lines.get(key);
    if (known) return known;
    const made = new Metrics({
      namespace: metricNamespace,
      serviceName: environment.POWERTOOLS_SERVICE_NAME,
      defaultDimensions: { environment: environment.ENVIRONMENT, ...labels },
    });
    lines.set(key, made);
    return made;
  };
  const add = (name: MetricName, value: number, labels: Readonly<Record<string, string>> = {}) =>
    void lineOf(labels).addMetric(name, metrics[name].unit, value);
  return {
    count: (name, value = 1) => add(name, value),
    measure: add,
    flush: () => {
      for (const line of lines.values()) if (line.hasStoredMetrics()) line.publishStoredMetrics();
    },
  };
}

/** Wraps a handler so that the meter writes its values when the invocation ends, even with an error. */
export function metered<Arguments extends readonly unknown[], Result>(
  meter: BufferedMeter,
  handler: (...call: Arguments) => Promise<Result>,
): (...call: Arguments) => Promise<Result> {
  return async (...call) => {
    try {
      return await handler(...call);
    } finally {
      meter.flush();
    }
  };
}
