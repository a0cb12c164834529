import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { subnetOf } from "./cidr.ts";

const httpsPort = 443;
const subnetPrefixLength = 20;

/** Services with an endpoint address in the subnets. DynamoDB and S3 have a route in the route table instead. */
const interfaceEndpointServices = ["sqs", "events", "kinesis-streams", "kms", "secretsmanager"] as const;
export type InterfaceEndpointService = (typeof interfaceEndpointServices)[number];

export interface NetworkProps {
  /** First part of all names in the network. */
  readonly name: string;
  /** AWS region of the endpoints, such as `eu-west-1`. */
  readonly region: string;
  /** IPv4 range, /16 or wider than /20, such as `10.20.0.0/16`. */
  readonly range: string;
  /** Each zone gets one private subnet. A database needs at least two zones. */
  readonly availabilityZones: readonly [string, string, ...string[]];
  /** Each endpoint costs money per hour and zone. @default all of `interfaceEndpointServices` */
  readonly interfaceEndpoints?: readonly InterfaceEndpointService[];
}

/** The part of a network that a private function uses. */
export interface PrivateNetwork {
  readonly subnetIds: readonly string[];
  readonly functionSecurityGroup: SecurityGroup;
}

/**
 * Private subnets without access to the internet (no gateway, no NAT). They reach AWS services through endpoints.
 * Intent: `securityGroup`.
 * @throws when `range` is not an IPv4 range, or has fewer blocks of /20 than there are zones
 * @example
 * const network = new Network(stack, "network", {
 *   name: "shop",
 *   region: "eu-west-1",
 *   range: "10.20.0.0/16",
 *   availabilityZones: ["eu-west-1a", "eu-west-1b"],
 *   interfaceEndpoints: ["sqs", "secretsmanager"],
 * });
 * network.securityGroup("search", "Search cluster");
 */
export class Network extends Construct implements PrivateNetwork {
  readonly vpc: Vpc;
  readonly subnets: readonly Subnet[];
  readonly routeTable: RouteTable;
  /** Security group of every private function. */
  readonly functionSecurityGroup: SecurityGroup;
  readonly name: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    this.name = props.name;
    this.vpc = new Vpc(this, "vpc", {
      cidrBlock: props.range,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: props.name },
    });
    this.routeTable = new RouteTable(this, "routes", { vpcId: this.vpc.id, tags: { Name: props.name } });
    this.subnets = props.availabilityZones.map((zone, index) =>
      this.#subnet(zone, subnetOf(props.range, subnetPrefixLength, index)),
    );
    this.functionSecurityGroup = this.securityGroup("functions", "Functions in the private subnets");
    // Gateway endpoints have public addresses. Only the route table leads to them.
    new VpcSecurityGroupEgressRule(this, "functions-to-services", {
      securityGroupId: this.functionSecurityGroup.id,
      description: "AWS services through endpoints",
      ipProtocol: "tcp",
      fromPort: httpsPort,
      toPort: httpsPort,
      cidrIpv4: "0.0.0.0/0",
    });
    this.#gatewayEndpoints(props.region);
    this.#interfaceEndpoints(props.region, props.interfaceEndpoints ?? interfaceEndpointServices);
  }

  /** Ids of the subnets, in the order of `availabilityZones`. */
  get subnetIds(): readonly string[] {
    return this.subnets.map((subnet) => subnet.id);
  }

  /** Makes a security group of this network. It allows no traffic until it has rules. */
  securityGroup(id: string, description: string, scope: Construct = this): SecurityGroup {
    return new SecurityGroup(scope, id, {
      name: physicalName("securityGroup", this.name, id),
      description,
      vpcId: this.vpc.id,
    });
  }

  #subnet(zone: string, range: string): Subnet {
    const subnet = new Subnet(this, `subnet-${zone}`, {
      vpcId: this.vpc.id,
      availabilityZone: zone,
      cidrBlock: range,
      tags: { Name: `${this.name}-${zone}` },
    });
    new RouteTableAssociation(this, `routes-${zone}`, { subnetId: subnet.id, routeTableId: this.routeTable.id });
    return subnet;
  }

  #gatewayEndpoints(region: string): void {
    for (const service of ["dynamodb", "s3"]) {
      new VpcEndpoint(this, service, {
        vpcId: this.vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: [this.routeTable.id],
      });
    }
  }

  #interfaceEndpoints(region: string, services: readonly InterfaceEndpointService[]): void {
    if (services.length === 0) return;
    const group = this.securityGroup("endpoints", "Endpoints of AWS services");
    new VpcSecurityGroupIngressRule(this, "endpoints-from-functions", {
      securityGroupId: group.id,
      description: "Functions",
      ipProtocol: "tcp",
      fromPort: httpsPort,
      toPort: httpsPort,
      referencedSecurityGroupId: this.functionSecurityGroup.id,
    });
    for (const service of services) {
      new VpcEndpoint(this, service, {
        vpcId: this.vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: [...this.subnetIds],
        securityGroupIds: [group.id],
      });
    }
  }
}
