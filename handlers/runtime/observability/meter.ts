import { Metrics } from "@aws-lambda-powertools/metrics";
import {
  type CountName,
  type MetricLabels,
  type MetricName,
  metricNamespace,
  metrics,
} from "../../../contract/metric.ts";
import type { functionVariables, Variables } from "../variables.ts";

/** Takes figures that the gateway, queues and tables do not have by themselves. */
export interface Meter {
  count(name: CountName, value?: number): void;
  /** One value of a distribution, in the metric's unit. */
  measure<Name extends MetricName>(name: Name, value: number, ...labels: MetricLabels<Name>): void;
}

/** Gathers figures and writes them when told to. */
export interface BufferedMeter extends Meter {
  flush(): void;
}

/**
 * CloudWatch's embedded metric format: one line for all figures of a call, and one more for each set of labels among
 * them. What a call gathers is written by `metered` when it ends; a call that Lambda cuts off takes its figures along.
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

/** The handler, with what it measured written when it has ended, however it ended. */
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
