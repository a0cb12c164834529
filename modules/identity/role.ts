import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { policyDocument, type Statement, trustDocument } from "./policy.ts";

export interface RoleProps {
  readonly name: string;
  /** The service that assumes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** The service may assume the role only for resources of this account. @default for any account */
  readonly sourceAccount?: string;
  /** What the role may do from the start; intents add to it. */
  readonly statements: readonly [Statement, ...Statement[]];
}

/**
 * A role whose one policy is the sum of the intents that name it.
 * @example
 * const role = new Role(stack, "exporter", {
 *   name: "shop-exporter",
 *   service: "scheduler.amazonaws.com",
 *   statements: [{ actions: ["lambda:InvokeFunction"], resources: [publicFunction.arn] }],
 * });
 * orders.grantRead({ role }, ["Query"]);
 */
export class Role extends Construct {
  readonly role: IamRole;
  /** A resource that uses the role while it is created must depend on this. */
  readonly policy: IamRolePolicy;
  readonly #statements: Statement[];

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    this.#statements = [...props.statements];
    this.role = new IamRole(this, "role", {
      name: physicalName("role", props.name),
      assumeRolePolicy: trustDocument(props.service, props.sourceAccount),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      name: "intents",
      role: this.role.name,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.#statements) }),
    });
  }

  get arn(): string {
    return this.role.arn;
  }

  allow(statement: Statement): void {
    this.#statements.push(statement);
  }
}

/** Whatever acts under a role: what intents such as `table.grantRead(fn)` take. */
export interface Grantee {
  readonly role: Role;
}
