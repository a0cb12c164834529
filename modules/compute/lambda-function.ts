import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaFunction as AwsLambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { Role } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import type { PrivateNetwork } from "../network/network.ts";
import type { Bundle } from "./bundle.ts";
import { FunctionSchedule, type FunctionScheduleProps } from "./function-schedule.ts";

export type FunctionVariables = Readonly<Record<string, string>>;

/**
 * `private`: in the network, with access to the databases and none to the internet. `public`: outside the network,
 * with access to the internet and none to the databases. A function cannot have both, because there is no NAT.
 */
export type Placement = { readonly reach: "private"; readonly network: PrivateNetwork } | { readonly reach: "public" };
export type Reach = Placement["reach"];

export interface LambdaFunctionProps<Environment extends FunctionVariables, FunctionReach extends Reach> {
  readonly name: string;
  /** Shown in Lambda's console. */
  readonly description: string;
  /** The code, with the type of the environment that it declares. */
  readonly bundle: Bundle<Environment>;
  /** Every variable that the code declares, also the optional ones. Leaving one out does not compile. */
  readonly environment: NoInfer<Required<Environment>>;
  readonly placement: Extract<Placement, { readonly reach: FunctionReach }>;
  /** Variables that Node itself reads; the code does not declare them. @default none */
  readonly node?: { readonly NODE_EXTRA_CA_CERTS?: string; readonly NODE_OPTIONS?: string };
  /** Lambda ends a call after this time. 1 to 900. @default 10 */
  readonly timeoutSeconds?: number;
  /** Memory in MB, 128 to 10,240. CPU grows with it. @default 512 */
  readonly memoryMb?: number;
  /** How many days its log is kept. @default 30 */
  readonly logDays?: number;
  /** Resources that must be applied before this code runs, such as a migration. @default none */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * A function with its own role. The role allows its log, its traces and what intents grant, and nothing else.
 * Intents: `calledBy`, `onSchedule`.
 * @throws when the value of a variable in `environment` is not a string
 * @example
 * const sender = new LambdaFunction(stack, "sender", {
 *   name: "shop-sender",
 *   description: "Sends mail about orders",
 *   bundle,
 *   environment: { ORDERS_TABLE: orders.name },
 *   placement: { reach: "public" },
 * });
 * sender.onSchedule("hourly", { expression: "rate(1 hour)" });
 */
export class LambdaFunction<
  Environment extends FunctionVariables = FunctionVariables,
  FunctionReach extends Reach = Reach,
> extends Construct {
  readonly fn: AwsLambdaFunction;
  readonly role: Role;
  readonly logGroup: CloudwatchLogGroup;
  readonly name: string;
  readonly reach: FunctionReach;
  readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps<Environment, FunctionReach>) {
    super(scope, id);
    const placement: Placement = props.placement;
    this.name = physicalName("function", props.name);
    // `FunctionReach` selected the type of the placement; the compiler cannot infer that from `Extract`.
    this.reach = props.placement.reach as FunctionReach;
    this.timeoutSeconds = props.timeoutSeconds ?? 10;
    this.logGroup = new CloudwatchLogGroup(this, "log", {
      name: physicalName("logGroup", `/aws/lambda/${this.name}`),
      retentionInDays: props.logDays ?? 30,
    });
    this.role = this.#role(placement);
    const code = new TerraformAsset(this, "code", { path: props.bundle.path, type: AssetType.FILE });
    this.fn = new AwsLambdaFunction(this, "function", {
      functionName: this.name,
      description: props.description,
      role: this.role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: code.path,
      sourceCodeHash: props.bundle.codeSha256,
      timeout: this.timeoutSeconds,
      memorySize: props.memoryMb ?? 512,
      environment: { variables: { ...props.node, ...checkedVariables(this, props.environment) } },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: this.logGroup.name },
      vpcConfig:
        placement.reach === "private"
          ? {
              subnetIds: [...placement.network.subnetIds],
              securityGroupIds: [placement.network.functionSecurityGroup.id],
            }
          : undefined,
      // Lambda assumes the role while it creates the function, to attach the function to the network.
      dependsOn: [this.role.policy, ...(props.after ?? [])],
    });
  }

  /** ARN of the function. */
  get arn(): string {
    return this.fn.arn;
  }

  /** Allows a service to call the function for one source, such as the routes of an API. */
  calledBy(id: string, service: string, sourceArn: string): LambdaPermission {
    return new LambdaPermission(this, id, {
      functionName: this.fn.functionName,
      action: "lambda:InvokeFunction",
      principal: service,
      sourceArn,
    });
  }

  /** Makes a schedule that calls the function. */
  onSchedule(id: string, schedule: FunctionScheduleProps): FunctionSchedule {
    return new FunctionSchedule(this, id, this, schedule);
  }

  #role(placement: Placement): Role {
    const role = new Role(this, "role", {
      name: this.name,
      service: "lambda.amazonaws.com",
      statements: [{ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${this.logGroup.arn}:*`] }],
    });
    // X-Ray traces have no resource ARN.
    role.allow({ actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] });
    if (placement.reach === "private") {
      // A network interface has no ARN before it exists, so the resource cannot be narrower.
      role.allow({
        actions: [
          "ec2:CreateNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:DeleteNetworkInterface",
          "ec2:AssignPrivateIpAddresses",
          "ec2:UnassignPrivateIpAddresses",
        ],
        resources: ["*"],
      });
    }
    return role;
  }
}

/** Checks at run time what the types check at compile time, for values that came in untyped or undefined. */
function checkedVariables(scope: Construct, variables: object): Record<string, string> {
  const entries = Object.entries<unknown>({ ...variables });
  const missing = entries.filter(([, value]) => typeof value !== "string").map(([name]) => name);
  if (missing.length > 0) {
    throw new Error(
      `${scope.node.path}: no value for ${missing.join(", ")}. Give every variable of the function a string.`,
    );
  }
  return Object.fromEntries(entries as [string, string][]);
}
