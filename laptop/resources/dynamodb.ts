import { z } from "zod";
import { defined } from "./defined.ts";
import { applyTable } from "./dynamodb-table.ts";
import { arn } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  blocks,
  boolean,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notTimed,
  text,
  texts,
} from "./resource.ts";

const notThrottled = "the engine has no capacity limits";
const Index = {
  name: text(),
  range_key: text().optional(),
  projection_type: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]).default("ALL"),
  non_key_attributes: texts().optional(),
};
const Attribute = z.object({ name: z.string(), type: z.enum(["S", "N", "B"]) });

export const dynamodbTable = defineResource({
  type: "aws_dynamodb_table",
  engines: ["dynamodb"],
  arguments: {
    name: text(),
    hash_key: text(),
    range_key: text().optional(),
    attribute: blocks({ name: text(), type: text() }),
    global_secondary_index: blocks({
      ...Index,
      hash_key: text(),
      read_capacity: ignored(notThrottled),
      write_capacity: ignored(notThrottled),
      on_demand_throughput: ignored(notThrottled),
      warm_throughput: ignored(notThrottled),
    }).default([]),
    local_secondary_index: blocks({ ...Index, range_key: text() }).default([]),
    stream_enabled: boolean().default(false),
    stream_view_type: z.enum(["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]).optional(),
    ttl: block({ attribute_name: text().optional(), enabled: boolean().default(true) }).optional(),
    billing_mode: ignored(notThrottled),
    read_capacity: ignored(notThrottled),
    write_capacity: ignored(notThrottled),
    on_demand_throughput: ignored(notThrottled),
    warm_throughput: ignored(notThrottled),
    table_class: ignored("it changes the price and not the behaviour"),
    point_in_time_recovery: ignored("the laptop makes no backups; copy the state folder"),
    deletion_protection_enabled: ignored(notDestroyed),
    server_side_encryption: ignored(notEncrypted),
    timeouts: ignored(notTimed),
  },
  apply: async (args, laptop) => {
    const { name } = args;
    const stream = args.stream_enabled ? (args.stream_view_type ?? "NEW_AND_OLD_IMAGES") : undefined;
    const table = await applyTable(laptop, {
      name,
      key: { hash_key: args.hash_key, range_key: args.range_key },
      attributes: args.attribute.map((attribute) => Attribute.parse(attribute)),
      indexes: args.global_secondary_index,
      localIndexes: args.local_secondary_index.map((index) => ({ ...index, hash_key: args.hash_key })),
      stream,
      ttl: args.ttl?.enabled ? args.ttl.attribute_name : undefined,
    });
    laptop.registry.tables.add(name);
    const tableArn = arn("dynamodb", laptop.region, `table/${name}`);
    const streamLabel = table.LatestStreamLabel ?? "";
    return {
      id: name,
      arn: tableArn,
      stream_arn: stream === undefined ? "" : `${tableArn}/stream/${streamLabel}`,
      stream_label: stream === undefined ? "" : streamLabel,
    };
  },
  remove: "keeps data",
});

export const dynamodbKinesisStreamingDestination = defineResource({
  type: "aws_dynamodb_kinesis_streaming_destination",
  engines: ["dynamodb", "kinesis"],
  arguments: {
    table_name: text(),
    stream_arn: text(),
    approximate_creation_date_time_precision: z.enum(["MILLISECOND", "MICROSECOND"]).optional(),
  },
  apply: async (args, { registry, services }) => {
    required(registry.tables.has(args.table_name) || undefined, "table", args.table_name);
    await services.kinesisDestinations.createKinesisDestination(
      defined({
        tableName: args.table_name,
        streamArn: args.stream_arn,
        approximateCreationDateTimePrecision: args.approximate_creation_date_time_precision,
      }),
    );
    return { id: `${args.table_name},${args.stream_arn}` };
  },
  remove: (_, { services }, { id }) => services.kinesisDestinations.deleteKinesisDestination(String(id)),
});
