import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group/index.js";
import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster/index.js";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { FunctionVariables, LambdaFunction } from "../compute/lambda-function.ts";
import { physicalName } from "../naming.ts";
import type { Network } from "../network/network.ts";
import { isProtected, type Protection } from "../protection.ts";
import { DatabaseProxy } from "./database-proxy.ts";
import type { EncryptionKey } from "./encryption-key.ts";

const postgresPort = 5432;

export interface PostgresProps<User extends string> {
  readonly name: string;
  /** Network of the cluster. Its private functions can connect. */
  readonly network: Network;
  /** AWS region, such as `eu-west-1`. */
  readonly region: string;
  /** Id of the AWS account. */
  readonly account: string;
  /** Name of the database in the cluster. */
  readonly databaseName: string;
  /** Version of Aurora PostgreSQL, such as `17.5`. */
  readonly engineVersion: string;
  /** In Aurora capacity units of about 2 GB. */
  readonly capacity: { readonly unitsMin: number; readonly unitsMax: number };
  /** The first instance writes; the others read, and one takes over when the first fails. @default 1 */
  readonly instanceCount?: number;
  /** Database users that functions may connect as, through the proxy. */
  readonly users: readonly User[];
  /** Key that encrypts the storage. @default the account's own key for RDS */
  readonly encryptionKey?: EncryptionKey;
  /** For how many days back the cluster can be restored, 1 to 35. @default 14 */
  readonly backupDays?: number;
  /** Whether the cluster is protected. @default protected: deletion protection, a final snapshot, prevent_destroy */
  readonly protection?: Protection;
}

/**
 * Aurora PostgreSQL Serverless v2 in the private subnets, behind a proxy. A function logs in as a database user with an
 * IAM token. RDS makes, stores and rotates the master password.
 * Intents: `allowConnect`, `allowAdministration`.
 * @throws when an opt-out of protection gives no reason
 * @example
 * const database = new Postgres(stack, "database", {
 *   name: "shop",
 *   network,
 *   region: "eu-west-1",
 *   account: "123456789012",
 *   databaseName: "shop",
 *   engineVersion: "17.5",
 *   capacity: { unitsMin: 0.5, unitsMax: 4 },
 *   users: ["reporter"],
 * });
 * database.allowConnect(privateFunction, "reporter");
 */
export class Postgres<User extends string> extends Construct {
  readonly cluster: RdsCluster;
  readonly proxy: DatabaseProxy;
  readonly databaseName: string;
  readonly #users: string;

  constructor(scope: Construct, id: string, props: PostgresProps<User>) {
    super(scope, id);
    this.databaseName = props.databaseName;
    this.#users = `arn:aws:rds-db:${props.region}:${props.account}:dbuser:`;
    const clusterGroup = props.network.securityGroup("database", "PostgreSQL cluster", this);
    const proxyGroup = props.network.securityGroup("database-proxy", "PostgreSQL proxy", this);
    this.#open("functions-proxy", props.network.functionSecurityGroup, proxyGroup);
    this.#open("functions-cluster", props.network.functionSecurityGroup, clusterGroup);
    this.#open("proxy-cluster", proxyGroup, clusterGroup);
    this.cluster = this.#cluster(props, clusterGroup);
    const instances = Array.from({ length: props.instanceCount ?? 1 }, (_, index) => this.#instance(props.name, index));
    this.proxy = new DatabaseProxy(this, "proxy", {
      name: props.name,
      cluster: this.cluster,
      instances,
      subnetIds: props.network.subnetIds,
      securityGroup: proxyGroup,
      statement: {
        actions: ["rds-db:connect"],
        resources: props.users.map((user) => `${this.#users}${this.cluster.clusterResourceId}/${user}`),
      },
    });
  }

  /** Port of the cluster and of the proxy, as text. */
  get port(): string {
    return this.cluster.getStringAttribute("port");
  }

  /** ARN of the secret `{username, password}` of the master user. */
  get masterSecretArn(): string {
    return this.cluster.masterUserSecret.get(0).secretArn;
  }

  /** Allows a private function to connect as `user` through the proxy. */
  allowConnect(fn: LambdaFunction<FunctionVariables, "private">, user: User): void {
    fn.role.allow({ actions: ["rds-db:connect"], resources: [`${this.#users}${this.proxy.resourceId}/${user}`] });
  }

  /** Allows a private function to read the master password. It connects to the cluster without the proxy. */
  allowAdministration(fn: LambdaFunction<FunctionVariables, "private">): void {
    fn.role.allow({ actions: ["secretsmanager:GetSecretValue"], resources: [this.masterSecretArn] });
  }

  #cluster(props: PostgresProps<User>, group: SecurityGroup): RdsCluster {
    const guarded = isProtected(props.protection ?? "protected");
    const name = physicalName("database", props.name);
    const subnets = new DbSubnetGroup(this, "subnets", { name, subnetIds: [...props.network.subnetIds] });
    return new RdsCluster(this, "cluster", {
      clusterIdentifier: name,
      engine: "aurora-postgresql",
      engineMode: "provisioned",
      engineVersion: props.engineVersion,
      databaseName: props.databaseName,
      masterUsername: "holdfast_admin",
      manageMasterUserPassword: true,
      iamDatabaseAuthenticationEnabled: true,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey?.arn,
      serverlessv2ScalingConfiguration: { minCapacity: props.capacity.unitsMin, maxCapacity: props.capacity.unitsMax },
      backupRetentionPeriod: props.backupDays ?? 14,
      copyTagsToSnapshot: true,
      deletionProtection: guarded,
      skipFinalSnapshot: !guarded,
      finalSnapshotIdentifier: guarded ? `${name}-last` : undefined,
      lifecycle: { preventDestroy: guarded },
    });
  }

  #instance(name: string, index: number): RdsClusterInstance {
    return new RdsClusterInstance(this, `instance-${index}`, {
      identifier: physicalName("database", name, `${index}`),
      clusterIdentifier: this.cluster.clusterIdentifier,
      instanceClass: "db.serverless",
      engine: this.cluster.engine,
      engineVersion: this.cluster.engineVersion,
    });
  }

  #open(id: string, from: SecurityGroup, to: SecurityGroup): void {
    const port = { ipProtocol: "tcp", fromPort: postgresPort, toPort: postgresPort, description: "PostgreSQL" };
    new VpcSecurityGroupEgressRule(this, `${id}-out`, {
      ...port,
      securityGroupId: from.id,
      referencedSecurityGroupId: to.id,
    });
    new VpcSecurityGroupIngressRule(this, `${id}-in`, {
      ...port,
      securityGroupId: to.id,
      referencedSecurityGroupId: from.id,
    });
  }
}
