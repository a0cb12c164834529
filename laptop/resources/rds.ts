import { addressId, arn, nameOf } from "./naming.ts";
import { masterSecret, requirePostgres, startDatabase } from "./rds-database.ts";
import { required } from "./registry.ts";
import {
  boolean,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notMonitored,
  notNetworked,
  notTimed,
  type Place,
  text,
} from "./resource.ts";

const notSized = "the server uses the resources of this machine";
const notBackedUp = "the laptop makes no backups; copy the state folder";
const oneVersion = "one server version is installed";
const notMaintained = "the server is not upgraded while it runs";
const trusted = "the server trusts every connection of this machine";

const Shared = {
  engine: text(),
  engine_version: ignored(oneVersion),
  manage_master_user_password: boolean().default(false),
  port: ignored("the port is chosen at the start; refer to the attribute"),
  apply_immediately: ignored(notMaintained),
  allow_major_version_upgrade: ignored(notMaintained),
  engine_lifecycle_support: ignored(notMaintained),
  backup_retention_period: ignored(notBackedUp),
  copy_tags_to_snapshot: ignored(notBackedUp),
  delete_automated_backups: ignored(notBackedUp),
  deletion_protection: ignored(notDestroyed),
  skip_final_snapshot: ignored(notDestroyed),
  final_snapshot_identifier: ignored(notDestroyed),
  storage_encrypted: ignored(notEncrypted),
  kms_key_id: ignored(notEncrypted),
  master_user_secret_kms_key_id: ignored(notEncrypted),
  iam_database_authentication_enabled: ignored(trusted),
  db_subnet_group_name: ignored(notNetworked),
  vpc_security_group_ids: ignored(notNetworked),
  network_type: ignored(notNetworked),
  allocated_storage: ignored(notSized),
  storage_type: ignored(notSized),
  iops: ignored(notSized),
  enabled_cloudwatch_logs_exports: ignored(notMonitored),
  monitoring_interval: ignored(notMonitored),
  monitoring_role_arn: ignored(notMonitored),
  performance_insights_enabled: ignored(notMonitored),
  performance_insights_kms_key_id: ignored(notMonitored),
  performance_insights_retention_period: ignored(notMonitored),
  database_insights_mode: ignored(notMonitored),
  timeouts: ignored(notTimed),
};

export const rdsCluster = defineResource({
  type: "aws_rds_cluster",
  arguments: {
    ...Shared,
    cluster_identifier: text().optional(),
    cluster_identifier_prefix: text().optional(),
    database_name: text().default("postgres"),
    master_username: text(),
    master_password: ignored(trusted),
    master_password_wo: ignored(trusted),
    master_password_wo_version: ignored(trusted),
    ca_certificate_identifier: ignored(notEncrypted),
    engine_mode: ignored(notSized),
    serverlessv2_scaling_configuration: ignored(notSized),
    availability_zones: ignored(notNetworked),
    preferred_backup_window: ignored(notBackedUp),
    preferred_maintenance_window: ignored(notMaintained),
    db_cluster_parameter_group_name: ignored("the parameter group itself checks its parameters"),
    db_instance_parameter_group_name: ignored("the parameter group itself checks its parameters"),
  },
  apply: async (args, laptop, place) => {
    const identifier = nameOf(args.cluster_identifier, args.cluster_identifier_prefix, place);
    requirePostgres(args.engine);
    const address = await startDatabase(laptop, {
      identifier,
      superuser: args.master_username,
      database: args.database_name,
    });
    const clusterArn = arn("rds", laptop.region, `cluster:${identifier}`);
    return {
      id: identifier,
      cluster_identifier: identifier,
      arn: clusterArn,
      cluster_resource_id: resourceId("cluster", place),
      endpoint: address.host,
      reader_endpoint: address.host,
      port: address.port,
      database_name: args.database_name,
      engine_version_actual: "18",
      master_user_secret: args.manage_master_user_password
        ? [masterSecret(laptop, `cluster-${addressId(place, 32)}`, args.master_username)]
        : [],
    };
  },
  remove: "keeps data",
});

export const rdsClusterInstance = defineResource({
  type: "aws_rds_cluster_instance",
  arguments: {
    cluster_identifier: text(),
    identifier: text().optional(),
    identifier_prefix: text().optional(),
    engine: text(),
    engine_version: ignored(oneVersion),
    instance_class: ignored(notSized),
    promotion_tier: ignored("there is one instance"),
    publicly_accessible: ignored(notNetworked),
    availability_zone: ignored(notNetworked),
    db_subnet_group_name: ignored(notNetworked),
    db_parameter_group_name: ignored("the parameter group itself checks its parameters"),
    apply_immediately: ignored(notMaintained),
    auto_minor_version_upgrade: ignored(notMaintained),
    preferred_maintenance_window: ignored(notMaintained),
    preferred_backup_window: ignored(notBackedUp),
    copy_tags_to_snapshot: ignored(notBackedUp),
    force_destroy: ignored(notDestroyed),
    ca_cert_identifier: ignored(notEncrypted),
    monitoring_interval: ignored(notMonitored),
    monitoring_role_arn: ignored(notMonitored),
    performance_insights_enabled: ignored(notMonitored),
    performance_insights_kms_key_id: ignored(notMonitored),
    performance_insights_retention_period: ignored(notMonitored),
    timeouts: ignored(notTimed),
  },
  apply: (args, laptop, place) => {
    const cluster = required(
      laptop.registry.databases.get(args.cluster_identifier),
      "cluster",
      args.cluster_identifier,
    );
    const identifier = nameOf(args.identifier, args.identifier_prefix, place);
    return {
      id: identifier,
      identifier,
      arn: arn("rds", laptop.region, `db:${identifier}`),
      dbi_resource_id: resourceId("db", place),
      endpoint: cluster.host,
      port: cluster.port,
      writer: true,
    };
  },
  remove: "leaves nothing",
});

export const dbInstance = defineResource({
  type: "aws_db_instance",
  arguments: {
    ...Shared,
    identifier: text().optional(),
    identifier_prefix: text().optional(),
    db_name: text().default("postgres"),
    username: text(),
    password: ignored(trusted),
    password_wo: ignored(trusted),
    password_wo_version: ignored(trusted),
    instance_class: ignored(notSized),
    max_allocated_storage: ignored(notSized),
    storage_throughput: ignored(notSized),
    multi_az: ignored(notNetworked),
    publicly_accessible: ignored(notNetworked),
    availability_zone: ignored(notNetworked),
    ca_cert_identifier: ignored(notEncrypted),
    auto_minor_version_upgrade: ignored(notMaintained),
    maintenance_window: ignored(notMaintained),
    backup_window: ignored(notBackedUp),
    parameter_group_name: ignored("the parameter group itself checks its parameters"),
  },
  apply: async (args, laptop, place) => {
    const identifier = nameOf(args.identifier, args.identifier_prefix, place);
    requirePostgres(args.engine);
    const address = await startDatabase(laptop, {
      identifier,
      superuser: args.username,
      database: args.db_name,
    });
    return {
      id: resourceId("db", place),
      identifier,
      resource_id: resourceId("db", place),
      arn: arn("rds", laptop.region, `db:${identifier}`),
      endpoint: `${address.host}:${address.port}`,
      address: address.host,
      port: address.port,
      db_name: args.db_name,
      engine_version_actual: "18",
      master_user_secret: args.manage_master_user_password
        ? [masterSecret(laptop, `db-${addressId(place, 32)}`, args.username)]
        : [],
    };
  },
  remove: "keeps data",
});

function resourceId(kind: string, place: Place): string {
  return `${kind}-${addressId(place, 26).toUpperCase()}`;
}
