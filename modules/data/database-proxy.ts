import { DbProxy } from "@cdktf/provider-aws/lib/db-proxy/index.js";
import { DbProxyDefaultTargetGroup } from "@cdktf/provider-aws/lib/db-proxy-default-target-group/index.js";
import { DbProxyTarget } from "@cdktf/provider-aws/lib/db-proxy-target/index.js";
import type { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Statement } from "../identity/policy.ts";
import { Role } from "../identity/role.ts";
import { physicalName } from "../naming.ts";

export interface DatabaseProxyProps {
  readonly name: string;
  readonly cluster: RdsCluster;
  /** Instances that must exist before the proxy gets its target. */
  readonly instances: readonly ITerraformDependable[];
  readonly subnetIds: readonly string[];
  readonly securityGroup: SecurityGroup;
  /** What the proxy's role allows: to connect as the users that it serves. */
  readonly statement: Statement;
}

/**
 * An RDS proxy: many functions share a few connections to the database. Functions authenticate to the proxy by IAM, and
 * the proxy to the database. There is no password.
 */
export class DatabaseProxy extends Construct {
  readonly proxy: DbProxy;

  constructor(scope: Construct, id: string, props: DatabaseProxyProps) {
    super(scope, id);
    const role = new Role(this, "role", {
      name: `${props.name}-proxy`,
      service: "rds.amazonaws.com",
      statements: [props.statement],
    });
    this.proxy = new DbProxy(this, "proxy", {
      name: physicalName("database", props.name),
      engineFamily: "POSTGRESQL",
      defaultAuthScheme: "IAM_AUTH",
      requireTls: true,
      roleArn: role.arn,
      vpcSubnetIds: [...props.subnetIds],
      vpcSecurityGroupIds: [props.securityGroup.id],
      dependsOn: [role.policy],
    });
    const group = new DbProxyDefaultTargetGroup(this, "pool", {
      dbProxyName: this.proxy.name,
      connectionPoolConfig: { connectionBorrowTimeout: 5, maxConnectionsPercent: 80, maxIdleConnectionsPercent: 20 },
    });
    new DbProxyTarget(this, "target", {
      dbProxyName: this.proxy.name,
      targetGroupName: group.name,
      dbClusterIdentifier: props.cluster.clusterIdentifier,
      dependsOn: [...props.instances],
    });
  }

  /** Host name of the proxy. */
  get endpoint(): string {
    return this.proxy.endpoint;
  }

  /** `prx-...`, the last part of the ARN. Policies identify the proxy by it. */
  get resourceId(): string {
    return Fn.element(Fn.split(":", this.proxy.arn), 6);
  }
}
