import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** Counts what the gateway and the queues do not count by themselves. */
export interface Meter {
  count(name: string, value?: number): void;
}

/** Each count is one line in CloudWatch's embedded metric format, so nothing is lost when an instance is frozen. */
export function createMeter(environment: {
  readonly ENVIRONMENT: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
}): Meter {
  const metrics = new Metrics({
    namespace: "Holdfast",
    serviceName: environment.POWERTOOLS_SERVICE_NAME,
    defaultDimensions: { environment: environment.ENVIRONMENT },
  });
  return { count: (name, value = 1) => metrics.singleMetric().addMetric(name, MetricUnit.Count, value) };
}
