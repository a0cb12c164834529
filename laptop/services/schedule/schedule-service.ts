/** What `aws_scheduler_schedule` says (and `aws_cloudwatch_event_rule` with a schedule, without input). */
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
    /** A function's ARN or an SQS queue's. */
    readonly arn: string;
    /** JSON text. @default EventBridge's "Scheduled Event" */
    readonly input?: string;
    /** @default 185, as the service's own; here attempts follow at once */
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
  /** Fires one now, out of turn; resolves when its target has taken it. */
  fire(name: string): Promise<void>;
  stop(): Promise<void>;
}
