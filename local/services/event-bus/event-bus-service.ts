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
  createRule(options: RuleOptions): { readonly arn: string };
  putTarget(options: TargetOptions): void;
  createArchive(options: ArchiveOptions): { readonly arn: string };
  stop(): Promise<void>;
}
