import type { Instance, ValueMap } from "../terraform/index.ts";
import { databaseHost, laptopAccountId } from "./laptop.ts";
import { addressId, arn, globalArn, nameOf } from "./naming.ts";

const network = "network: the laptop has one network, the loopback";
const keys = "keys: nothing is encrypted at rest on the laptop";
const proxy = "proxy: functions connect to the database itself, at the same address";
const alarms = "alarms: metrics are not collected on the laptop";
const dashboards = "dashboards: metrics are not collected on the laptop";
const logGroups = "log groups: the laptop keeps its own logs";
const certificates = "certificates: there is no TLS on the loopback";
const dns = "DNS: addresses on the laptop have no names";

type NotRun = {
  readonly reason: string;
  /** Returns the attributes that other resources may read, besides the arguments. */
  readonly attributes: (instance: Instance) => ValueMap;
};

const id =
  (prefix: string, service: string, kind: string) =>
  (instance: Instance): ValueMap => {
    const made = `${prefix}-${addressId(instance, 17)}`;
    return { id: made, arn: arn(service, instance.region, `${kind}/${made}`), owner_id: laptopAccountId };
  };

/** Returns attributes whose id is the given or generated name. */
const named =
  (service: string, kind: string) =>
  (instance: Instance): ValueMap => {
    const { name, name_prefix } = instance.arguments;
    const made = nameOf(
      typeof name === "string" ? name : undefined,
      typeof name_prefix === "string" ? name_prefix : undefined,
      instance,
    );
    return { id: made, name: made, arn: arn(service, instance.region, `${kind}${made}`) };
  };

function key(instance: Instance): ValueMap {
  const key_id = addressId(instance, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { id: key_id, key_id, arn: arn("kms", instance.region, `key/${key_id}`) };
}

function keyAlias(instance: Instance): ValueMap {
  const target = String(instance.arguments.target_key_id ?? "");
  const keyArn = target.startsWith("arn:") ? target : arn("kms", instance.region, `key/${target}`);
  return { ...named("kms", "")(instance), target_key_arn: keyArn };
}

/** All clusters and instances are on one server, so a proxy has the address of its target. */
function proxyAttributes(instance: Instance): ValueMap {
  return { ...named("rds", "db-proxy:")(instance), endpoint: databaseHost };
}

function targetGroup(instance: Instance): ValueMap {
  const made = named("rds", "target-group:")(instance);
  return { ...made, name: "default", db_proxy_name: instance.arguments.db_proxy_name ?? "" };
}

function alarm(instance: Instance): ValueMap {
  const name = String(instance.arguments.alarm_name ?? "");
  return { id: name, arn: arn("cloudwatch", instance.region, `alarm:${name}`) };
}

function dashboard(instance: Instance): ValueMap {
  const name = String(instance.arguments.dashboard_name ?? "");
  return { id: name, dashboard_arn: globalArn("cloudwatch", `dashboard/${name}`) };
}

function certificate(instance: Instance): ValueMap {
  const made = arn("acm", instance.region, `certificate/${addressId(instance, 32)}`);
  return { id: made, arn: made, status: "ISSUED", domain_validation_options: [] };
}

function zone(instance: Instance): ValueMap {
  const zone_id = `Z${addressId(instance, 20).toUpperCase()}`;
  return { id: zone_id, zone_id, arn: globalArn("route53", `hostedzone/${zone_id}`), name_servers: [] };
}

function record(instance: Instance): ValueMap {
  const name = String(instance.arguments.name ?? "");
  return { id: `${String(instance.arguments.zone_id ?? "")}_${name}`, fqdn: name };
}

/**
 * Types that the laptop does not run, each with the reason. Only network, keys, proxy, alarms, dashboards, log groups,
 * certificates and DNS may be here: everything else runs, or fails the start.
 */
export const notRun: Readonly<Record<string, NotRun>> = {
  aws_vpc: { reason: network, attributes: id("vpc", "ec2", "vpc") },
  aws_subnet: { reason: network, attributes: id("subnet", "ec2", "subnet") },
  aws_route_table: { reason: network, attributes: id("rtb", "ec2", "route-table") },
  aws_route_table_association: { reason: network, attributes: id("rtbassoc", "ec2", "route-table-association") },
  aws_vpc_endpoint: { reason: network, attributes: id("vpce", "ec2", "vpc-endpoint") },
  aws_security_group: { reason: network, attributes: id("sg", "ec2", "security-group") },
  aws_default_security_group: { reason: network, attributes: id("sg", "ec2", "security-group") },
  aws_vpc_security_group_ingress_rule: { reason: network, attributes: id("sgr", "ec2", "security-group-rule") },
  aws_vpc_security_group_egress_rule: { reason: network, attributes: id("sgr", "ec2", "security-group-rule") },
  aws_db_subnet_group: { reason: network, attributes: named("rds", "subgrp:") },
  aws_elasticache_subnet_group: { reason: network, attributes: named("elasticache", "subnetgroup:") },
  aws_kms_key: { reason: keys, attributes: key },
  aws_kms_alias: { reason: keys, attributes: keyAlias },
  aws_db_proxy: { reason: proxy, attributes: proxyAttributes },
  aws_db_proxy_default_target_group: { reason: proxy, attributes: targetGroup },
  aws_db_proxy_target: { reason: proxy, attributes: id("prx-target", "rds", "target") },
  aws_cloudwatch_metric_alarm: { reason: alarms, attributes: alarm },
  aws_cloudwatch_composite_alarm: { reason: alarms, attributes: alarm },
  aws_cloudwatch_dashboard: { reason: dashboards, attributes: dashboard },
  aws_cloudwatch_log_group: { reason: logGroups, attributes: named("logs", "log-group:") },
  aws_acm_certificate: { reason: certificates, attributes: certificate },
  aws_acm_certificate_validation: { reason: certificates, attributes: id("validation", "acm", "certificate") },
  aws_route53_zone: { reason: dns, attributes: zone },
  aws_route53_record: { reason: dns, attributes: record },
};
