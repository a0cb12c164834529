/** The arguments of `aws_scheduler_schedule`, or of an `aws_cloudwatch_event_rule` that has a schedule. */
export interface ScheduleOptions {
  readonly name: string;
  /** @default "default" */
  readonly groupName?: string;
  /** `rate(1 minute)`, `cron(0 2 * * ? *)` or `at(2026-01-31T09:30:00)`. */
  readonly expression: string;
  /** IANA name; for cron and at. @default "UTC" */
  readonly timezone?: string;
  /** RFC 3339. */
  readonly startAt?: string;
  readonly endAt?: string;
  /** @default true */
  readonly enabled?: boolean;
  readonly target: {
    /** ARN of a function or of an SQS queue. */
    readonly arn: string;
    /** JSON text. @default the event "Scheduled Event" of EventBridge */
    readonly input?: string;
    /** @default 185, the default of the service; here a retry follows immediately */
    readonly maximumRetryAttempts?: number;
    readonly deadLetterArn?: string;
  };
}

export interface ScheduleDescription {
  readonly name: string;
  readonly arn: string;
}

export interface ScheduleService {
  createSchedule(options: ScheduleOptions): Promise<ScheduleDescription>;
  deleteSchedule(name: string): void;
  /** Fires a schedule now. Resolves when its target has taken the event. */
  fire(name: string): Promise<void>;
  stop(): Promise<void>;
}
