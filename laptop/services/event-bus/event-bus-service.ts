/** The arguments of an `aws_cloudwatch_event_rule` that has a pattern. */
export interface RuleOptions {
  readonly name: string;
  readonly busName: string;
  /** JSON. */
  readonly pattern: string;
  readonly enabled?: boolean;
}

/** The arguments of `aws_cloudwatch_event_target`. */
export interface TargetOptions {
  readonly rule: string;
  readonly busName: string;
  readonly targetId: string;
  /** ARN of a queue or a function. */
  readonly arn: string;
  /** Sent instead of the event. */
  readonly input?: string;
  /** @default 185, the default of EventBridge */
  readonly maximumRetryAttempts?: number;
  /** @default 86400 */
  readonly maximumEventAgeSeconds?: number;
  readonly deadLetterArn?: string;
  /** Called before each delivery to the target or to its dead-letter queue; a rule needs the permission of each. */
  readonly isPermitted?: (delivery: { readonly ruleArn: string; readonly targetArn: string }) => boolean;
}

/** The arguments of `aws_cloudwatch_event_archive`. */
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
  /** A rule that is there already keeps its targets. */
  createRule(options: RuleOptions): { readonly arn: string };
  deleteRule(options: Pick<RuleOptions, "name" | "busName">): void;
  /** Events that wait for a retry on a replaced target are still sent to it. */
  putTarget(options: TargetOptions): void;
  /** Events that wait for a retry are given up. */
  removeTarget(options: Pick<TargetOptions, "rule" | "busName" | "targetId">): void;
  createArchive(options: ArchiveOptions): { readonly arn: string };
  /** Stores no more events; the events in its file stay there. */
  deleteArchive(name: string): void;
  stop(): Promise<void>;
}
