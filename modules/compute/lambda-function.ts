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
 * `private`: inside the network, where databases are and the internet is not. `public`: outside of it, with a way to
 * the internet and none to the databases. Never both, as there is no NAT.
 */
export type Placement = { readonly reach: "private"; readonly network: PrivateNetwork } | { readonly reach: "public" };
export type Reach = Placement["reach"];

export interface LambdaFunctionProps<Environment extends FunctionVariables, FunctionReach extends Reach> {
  readonly name: string;
  /** Shown in Lambda's console. */
  readonly description: string;
  /** Its code, with the type of the environment that the code declares. */
  readonly bundle: Bundle<Environment>;
  /** Every variable that the code declares, the optional ones too: leaving one out does not compile. */
  readonly environment: NoInfer<Required<Environment>>;
  readonly placement: Extract<Placement, { readonly reach: FunctionReach }>;
  /** FunctionVariables that Node reads itself, which no code declares. @default none */
  readonly node?: { readonly NODE_EXTRA_CA_CERTS?: string; readonly NODE_OPTIONS?: string };
  /** A call is cut off after so long. 1 to 900. @default 10 */
  readonly timeoutSeconds?: number;
  /** Memory in MB, 128 to 10,240. CPU grows with it. @default 512 */
  readonly memoryMb?: number;
  /** How long its log is kept. @default 30 */
  readonly logDays?: number;
  /** What must be done before this code runs, such as a migration. @default nothing */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * A function with a role of its own. The role allows what intents grant, its log and its traces, and nothing else.
 * Intents: `calledBy`, `onSchedule`.
 * @throws when a variable of `environment` has no string as value
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
    // The placement was chosen by this very type; the compiler does not follow `Extract` back.
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
      // Lambda takes the role on while it creates the function, to attach it to the network.
      dependsOn: [this.role.policy, ...(props.after ?? [])],
    });
  }

  get arn(): string {
    return this.fn.arn;
  }

  /** Lets a service call the function for one source, such as an API's routes. */
  calledBy(id: string, service: string, sourceArn: string): LambdaPermission {
    return new LambdaPermission(this, id, {
      functionName: this.fn.functionName,
      action: "lambda:InvokeFunction",
      principal: service,
      sourceArn,
    });
  }

  /** Calls the function by the clock. */
  onSchedule(id: string, schedule: FunctionScheduleProps): FunctionSchedule {
    return new FunctionSchedule(this, id, this, schedule);
  }

  #role(placement: Placement): Role {
    const role = new Role(this, "role", {
      name: this.name,
      service: "lambda.amazonaws.com",
      statements: [{ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${this.logGroup.arn}:*`] }],
    });
    // Traces belong to no resource.
    role.allow({ actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] });
    if (placement.reach === "private") {
      // Network interfaces have no name before they are made, hence no narrower resource.
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

/** Types hold at compile time; this holds where a value came in untyped or undefined. */
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
