import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region/index.js";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { GlueJob } from "@cdktf/provider-aws/lib/glue-job/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { App, AssetType, Fn, TerraformAsset, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";

/** The stack with the data. */
class Store extends TerraformStack {
  readonly parcels: DynamodbTable;
  readonly diary: DynamodbTable;
  readonly labels: SqsQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, "aws", { region: "eu-north-1" });
    const attribute = [{ name: "id", type: "S" }];
    this.parcels = new DynamodbTable(this, "parcels", {
      name: "tracker-parcels",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attribute,
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    });
    this.diary = new DynamodbTable(this, "diary", {
      name: "tracker-diary",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attribute,
    });
    const dead = new SqsQueue(this, "labels-dead", { name: "tracker-labels-dead" });
    this.labels = new SqsQueue(this, "labels", {
      name: "tracker-labels",
      redrivePolicy: Fn.jsonencode({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
    });
  }
}

interface ServiceProps {
  readonly store: Store;
  readonly zip: string;
  /** The diary records parcels of this status. */
  readonly notedStatus: string;
}

/** The stack with the functions: an API, two consumers and a scheduled function. */
class Service extends TerraformStack {
  readonly #props: ServiceProps;
  readonly #region: DataAwsRegion;
  readonly #role: IamRole;
  readonly #permissions: IamRolePolicy;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    this.#props = props;
    new AwsProvider(this, "aws", { region: "eu-north-1" });
    this.#region = new DataAwsRegion(this, "region");
    const trust = new DataAwsIamPolicyDocument(this, "trust", {
      statement: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com", "scheduler.amazonaws.com"] }],
        },
      ],
    });
    this.#role = new IamRole(this, "role", { name: "tracker", assumeRolePolicy: trust.json });
    this.#permissions = this.#permit();
    this.#serve();
    this.#consume();
    this.#keepTime(new TerraformVariable(this, "entry", { type: "string", default: "tick" }));
  }

  #permit(): IamRolePolicy {
    const { parcels, diary, labels } = this.#props.store;
    const statement = [
      { actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], resources: [parcels.arn, diary.arn] },
      {
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [parcels.streamArn],
      },
      { actions: ["dynamodb:ListStreams"], resources: ["*"] },
      {
        actions: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        resources: [labels.arn],
      },
    ];
    const may = new DataAwsIamPolicyDocument(this, "may", { statement });
    return new IamRolePolicy(this, "permissions", { name: "tracker", role: this.#role.name, policy: may.json });
  }

  #function(name: string): LambdaFunction {
    const { store, zip } = this.#props;
    const code = new TerraformAsset(this, `${name}-code`, { path: zip, type: AssetType.FILE });
    return new LambdaFunction(this, name, {
      functionName: `tracker-${name}`,
      filename: code.path,
      sourceCodeHash: code.assetHash,
      handler: `index.${name}`,
      runtime: "nodejs24.x",
      timeout: 10,
      role: this.#role.arn,
      environment: {
        variables: { PARCELS: store.parcels.name, DIARY: store.diary.name, LABELS_URL: store.labels.url },
      },
      dependsOn: [this.#permissions],
    });
  }

  #serve(): void {
    const served = this.#function("api");
    const integration = {
      "x-amazon-apigateway-integration": {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: `arn:aws:apigateway:${this.#region.region}:lambda:path/2015-03-31/functions/${served.arn}/invocations`,
      },
      responses: {},
    };
    const parameters = [{ name: "id", in: "path", required: true, schema: { type: "string" } }];
    const api = new ApiGatewayRestApi(this, "rest", {
      name: "tracker",
      body: Fn.jsonencode({
        openapi: "3.0.1",
        info: { title: "tracker", version: "1" },
        paths: {
          "/parcels/{id}": { get: { ...integration, parameters }, put: { ...integration, parameters } },
          "/diary": { get: integration },
        },
      }),
    });
    new LambdaPermission(this, "api-calls", {
      functionName: served.functionName,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api.executionArn}/*/*`,
    });
    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      triggers: { body: Fn.sha1(api.body) },
    });
    const stage = new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName: "live",
    });
    new TerraformOutput(this, "url", { value: stage.invokeUrl });
  }

  #consume(): void {
    const { store } = this.#props;
    new LambdaEventSourceMapping(this, "deliveries", {
      functionName: this.#function("onDelivered").arn,
      eventSourceArn: store.parcels.streamArn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 10,
      filterCriteria: {
        filter: [{ pattern: JSON.stringify({ dynamodb: { NewImage: { status: { S: [this.#props.notedStatus] } } } }) }],
      },
    });
    new LambdaEventSourceMapping(this, "label-jobs", {
      functionName: this.#function("onLabel").arn,
      eventSourceArn: store.labels.arn,
      batchSize: 5,
    });
  }

  #keepTime(entry: TerraformVariable): void {
    const clock = this.#function("onClock");
    new SchedulerSchedule(this, "every-minute", {
      name: "tracker-clock",
      scheduleExpression: "cron(* * * * ? *)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: clock.arn, roleArn: this.#role.arn, input: Fn.jsonencode({ entry: entry.stringValue }) },
    });
    const setup = new LambdaInvocation(this, "setup", {
      functionName: clock.functionName,
      input: JSON.stringify({ entry: "setup" }),
    });
    new TerraformOutput(this, "setup-noted", { value: Fn.lookup(Fn.jsondecode(setup.result), "noted", "") });
  }
}

/** Synthesizes the app as `cdktf synth` would; `zip` holds the bundle of its functions. */
export function synthesizeTracker(outdir: string, zip: string, notedStatus = "delivered"): void {
  const app = new App({ outdir });
  const store = new Store(app, "tracker-store");
  new Service(app, "tracker-service", { store, zip, notedStatus });
  app.synth();
}

/** An app with a construct that the laptop cannot run. */
export function synthesizeUnknown(outdir: string): void {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "tracker-reports");
  new AwsProvider(stack, "aws", { region: "eu-north-1" });
  const nightly = new Construct(stack, "nightly");
  new GlueJob(nightly, "job", {
    name: "totals",
    roleArn: "arn:aws:iam::1:role/x",
    command: { scriptLocation: "s3://x" },
  });
  app.synth();
}
