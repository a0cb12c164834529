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
  /** First statements of the policy. Intents add more. */
  readonly statements: readonly [Statement, ...Statement[]];
}

/**
 * A role with one policy, which is the sum of all the intents that name the role.
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

  /** ARN of the role. */
  get arn(): string {
    return this.role.arn;
  }

  /** Adds a permission to the policy. */
  allow(statement: Statement): void {
    this.#statements.push(statement);
  }
}

/** Anything with a role, such as a function: the parameter of intents such as `table.grantRead(fn)`. */
export interface Grantee {
  readonly role: Role;
}
