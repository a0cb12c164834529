/** What `aws_cloudwatch_event_rule` says, when it has a pattern. */
export interface RuleOptions {
  readonly name: string;
  readonly busName: string;
  /** JSON. */
  readonly pattern: string;
  readonly enabled?: boolean;
}

/** What `aws_cloudwatch_event_target` says. */
export interface TargetOptions {
  readonly rule: string;
  readonly busName: string;
  readonly targetId: string;
  /** Queue or function. */
  readonly arn: string;
  /** Sent instead of the event. */
  readonly input?: string;
  /** @default 185, as EventBridge has it */
  readonly maximumRetryAttempts?: number;
  /** @default 86400 */
  readonly maximumEventAgeSeconds?: number;
  readonly deadLetterArn?: string;
  /** Asked before each delivery, to the target or its dead letters; a rule needs the permission of both. */
  readonly isPermitted?: (delivery: { readonly ruleArn: string; readonly targetArn: string }) => boolean;
}

/** What `aws_cloudwatch_event_archive` says. */
export interface ArchiveOptions {
  readonly name: string;
  readonly busArn: string;
  /** JSON. @default every event */
  readonly pattern?: string;
  /** @default for ever */
  readonly retentionDays?: number;
}

export interface EventBusService {
  /** Speaks the EventBridge protocol: PutEvents, StartReplay, DescribeReplay. */
  readonly endpoint: string;
  createBus(options: { readonly name: string }): { readonly name: string; readonly arn: string };
  deleteBus(name: string): void;
  /** A rule that is there keeps its targets. */
  createRule(options: RuleOptions): { readonly arn: string };
  deleteRule(options: Pick<RuleOptions, "name" | "busName">): void;
  /** What waits for a retry on a target that is replaced goes on as it was sent. */
  putTarget(options: TargetOptions): void;
  /** What waits for a retry is given up. */
  removeTarget(options: Pick<TargetOptions, "rule" | "busName" | "targetId">): void;
  createArchive(options: ArchiveOptions): { readonly arn: string };
  /** Keeps no more events; those that it has stay in their file. */
  deleteArchive(name: string): void;
  stop(): Promise<void>;
}
