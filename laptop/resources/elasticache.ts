import { arn } from "./naming.ts";
import {
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notMonitored,
  notNetworked,
  notTimed,
  only,
  text,
} from "./resource.ts";

const notSized = "the server uses the resources of this machine";
const notBackedUp = "the laptop makes no backups; copy the state folder";
const notMaintained = "the server is not upgraded while it runs";
const oneServer = "there is one server, without replicas";

export const replicationGroup = defineResource({
  type: "aws_elasticache_replication_group",
  engines: ["redis"],
  arguments: {
    replication_group_id: text(),
    description: text(),
    engine: only(["redis", "valkey"], "the installed server supports only the Redis protocol").default("redis"),
    cluster_mode: only(["disabled"], "the one server is not a cluster").default("disabled"),
    engine_version: ignored("one server version is installed"),
    node_type: ignored(notSized),
    data_tiering_enabled: ignored(notSized),
    parameter_group_name: ignored("the parameter group itself checks its parameters"),
    num_cache_clusters: ignored(oneServer),
    replicas_per_node_group: ignored(oneServer),
    automatic_failover_enabled: ignored(oneServer),
    multi_az_enabled: ignored(oneServer),
    port: ignored("the port is chosen at the start; refer to the attribute"),
    subnet_group_name: ignored(notNetworked),
    security_group_ids: ignored(notNetworked),
    network_type: ignored(notNetworked),
    ip_discovery: ignored(notNetworked),
    preferred_cache_cluster_azs: ignored(notNetworked),
    at_rest_encryption_enabled: ignored(notEncrypted),
    kms_key_id: ignored(notEncrypted),
    transit_encryption_enabled: ignored("the server uses plain TCP on the loopback"),
    transit_encryption_mode: ignored("the server uses plain TCP on the loopback"),
    apply_immediately: ignored(notMaintained),
    auto_minor_version_upgrade: ignored(notMaintained),
    maintenance_window: ignored(notMaintained),
    snapshot_retention_limit: ignored(notBackedUp),
    snapshot_window: ignored(notBackedUp),
    final_snapshot_identifier: ignored(notDestroyed),
    log_delivery_configuration: ignored(notMonitored),
    notification_topic_arn: ignored(notMonitored),
    timeouts: ignored(notTimed),
  },
  apply: (args, laptop) => {
    const { host, port } = laptop.redis();
    return {
      id: args.replication_group_id,
      arn: arn("elasticache", laptop.region, `replicationgroup:${args.replication_group_id}`),
      primary_endpoint_address: host,
      reader_endpoint_address: host,
      port,
      cluster_enabled: false,
      engine_version_actual: "7",
    };
  },
  remove: "keeps data",
});
