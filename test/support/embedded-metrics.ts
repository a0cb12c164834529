import { z } from "zod";

const name = z.string().min(1).max(255);
const directive = z.strictObject({
  Namespace: name.regex(/^[\w.\-#:/]+$/),
  Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
  Metrics: z
    .array(z.strictObject({ Name: name, Unit: z.enum(["Count", "Milliseconds"]) }))
    .min(1)
    .max(100),
});

/**
 * A line of CloudWatch's embedded metric format: each named dimension and metric has its value in the line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const EmbeddedMetrics = z
  .looseObject({ _aws: z.strictObject({ Timestamp: z.int().min(0), CloudWatchMetrics: z.tuple([directive]) }) })
  .superRefine((line, { addIssue }) => {
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    const value = z.union([z.number(), z.array(z.number()).min(1).max(100)]);
    const values: readonly (readonly [string, z.ZodType])[] = [
      ...Dimensions.flat().map((dimension) => [dimension, z.string().min(1).max(1_024)] as const),
      ...Metrics.map(({ Name }) => [Name, value] as const),
    ];
    for (const [path, schema] of values) {
      if (!schema.safeParse(line[path]).success)
        addIssue({ code: "custom", path: [path], message: "has no valid value" });
    }
  });
