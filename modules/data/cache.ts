import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group/index.js";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { FunctionVariables, LambdaFunction } from "../compute/lambda-function.ts";
import { physicalName } from "../naming.ts";
import type { Network } from "../network/network.ts";
import type { EncryptionKey } from "./encryption-key.ts";

const redisPort = 6379;

export interface CacheProps {
  readonly name: string;
  /** Network of the cache. `allowConnect` can let in its private functions. */
  readonly network: Network;
  /** Type of the nodes, such as `cache.t4g.micro`. */
  readonly nodeType: string;
  /** 1 to 6. The first node takes writes; with two or more, another takes over when it fails. @default 1 */
  readonly nodeCount?: number;
  /** Version of Valkey, which speaks Redis's protocol. @default 8.0 */
  readonly engineVersion?: string;
  /** Key that encrypts the cache at rest. @default the account's own key for ElastiCache */
  readonly encryptionKey?: EncryptionKey;
}

/**
 * Valkey (Redis) in the private subnets, encrypted at rest and in transit. It holds copies and counters. Its loss costs
 * speed, never data, so it has no backups. Nobody can connect before `allowConnect`. Intent: `allowConnect`.
 * @throws when `nodeCount` is not 1 to 6
 * @example
 * const cache = new Cache(stack, "cache", { name: "shop", network, nodeType: "cache.t4g.micro", nodeCount: 2 });
 * cache.allowConnect(privateFunction);
 */
export class Cache extends Construct {
  readonly group: ElasticacheReplicationGroup;
  readonly securityGroup: SecurityGroup;
  readonly #network: Network;
  #open = false;

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id);
    const nodeCount = props.nodeCount ?? 1;
    if (!Number.isInteger(nodeCount) || nodeCount < 1 || nodeCount > 6) {
      throw new Error(`${this.node.path}: nodeCount is ${nodeCount}; a replication group takes 1 to 6 nodes.`);
    }
    this.#network = props.network;
    this.securityGroup = props.network.securityGroup("cache", "Cache", this);
    const name = physicalName("cache", props.name);
    const subnets = new ElasticacheSubnetGroup(this, "subnets", { name, subnetIds: [...props.network.subnetIds] });
    this.group = new ElasticacheReplicationGroup(this, "group", {
      replicationGroupId: name,
      description: "Copies of levels and rate limits",
      engine: "valkey",
      engineVersion: props.engineVersion ?? "8.0",
      nodeType: props.nodeType,
      numCacheClusters: nodeCount,
      automaticFailoverEnabled: nodeCount > 1,
      multiAzEnabled: nodeCount > 1,
      port: redisPort,
      subnetGroupName: subnets.name,
      securityGroupIds: [this.securityGroup.id],
      atRestEncryptionEnabled: "true",
      kmsKeyId: props.encryptionKey?.arn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      snapshotRetentionLimit: 0,
    });
  }

  /** Address of the node that takes writes. It stays valid after a failover. */
  get host(): string {
    return this.group.primaryEndpointAddress;
  }

  /** Port, as text. */
  get port(): string {
    return this.group.getStringAttribute("port");
  }

  /** Allows a private function to connect, and so all others: private functions share a security group. */
  allowConnect(_fn: LambdaFunction<FunctionVariables, "private">): void {
    if (this.#open) return;
    this.#open = true;
    const port = { ipProtocol: "tcp", fromPort: redisPort, toPort: redisPort, description: "Cache" };
    new VpcSecurityGroupEgressRule(this, "functions-out", {
      ...port,
      securityGroupId: this.#network.functionSecurityGroup.id,
      referencedSecurityGroupId: this.securityGroup.id,
    });
    new VpcSecurityGroupIngressRule(this, "functions-in", {
      ...port,
      securityGroupId: this.securityGroup.id,
      referencedSecurityGroupId: this.#network.functionSecurityGroup.id,
    });
  }
}
