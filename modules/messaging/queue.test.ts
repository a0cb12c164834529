import { describe, expect, it } from "vitest";
import { LambdaFunction } from "../compute/lambda-function.ts";
import { emptyBundle, probe, synthesize } from "../synthesized.fixture.ts";
import { Queue } from "./queue.ts";

const byName = (bodies: readonly Readonly<Record<string, unknown>>[], name: string) =>
  bodies.find((body) => body.name === name);

describe("Queue", () => {
  it("has a dead-letter queue with a longer retention than its own", () => {
    const output = synthesize((stack) => void new Queue(stack, "mail", { name: "shop-mail" }));
    expect(output.types()).toEqual([
      "aws_sqs_queue", // the queue
      "aws_sqs_queue", // its dead letters
    ]);
    const queues = output.all("aws_sqs_queue");
    expect(byName(queues, "shop-mail")).toMatchObject({
      message_retention_seconds: 345_600,
      sqs_managed_sse_enabled: true,
    });
    expect(byName(queues, "shop-mail-dead")).toMatchObject({
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    expect(JSON.parse(String(byName(queues, "shop-mail")?.redrive_policy))).toEqual({
      deadLetterTargetArn: expect.stringContaining("aws_sqs_queue.mail_dead-letters"),
      maxReceiveCount: 5,
    });
  });

  it("hides a received message for six times its consumer's time-out", () => {
    const output = synthesize((stack) => {
      new Queue(stack, "mail", { name: "shop-mail" }).consumedBy(probe(stack, { timeoutSeconds: 20 }));
    });
    expect(byName(output.all("aws_sqs_queue"), "shop-mail")).toMatchObject({ visibility_timeout_seconds: 120 });
    expect(output.one("aws_lambda_event_source_mapping")).toMatchObject({
      batch_size: 10,
      function_response_types: ["ReportBatchItemFailures"],
    });
  });

  it("allows its consumer to receive and a sender to send, and nothing else", () => {
    const output = synthesize((stack) => {
      const queue = new Queue(stack, "mail", { name: "shop-mail" });
      const fn = probe(stack);
      queue.consumedBy(fn);
      queue.grantSend(fn);
    });
    const Resource = [expect.stringMatching(/^\$\{aws_sqs_queue\.mail_queue_\w+\.arn\}$/)];
    expect(output.statements().slice(2)).toEqual([
      { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource },
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource },
    ]);
  });

  it("allows counting messages and dead letters, and nothing else", () => {
    const output = synthesize((stack) => new Queue(stack, "mail", { name: "shop-mail" }).grantInspect(probe(stack)));
    expect(output.statements().slice(2)).toEqual([
      {
        Effect: "Allow",
        Action: ["sqs:GetQueueAttributes"],
        Resource: [
          expect.stringMatching(/^\$\{aws_sqs_queue\.mail_queue_\w+\.arn\}$/),
          expect.stringMatching(/^\$\{aws_sqs_queue\.mail_dead-letters_\w+\.arn\}$/),
        ],
      },
    ]);
  });

  it("refuses a second consumer", () => {
    const build = () =>
      synthesize((stack) => {
        const queue = new Queue(stack, "mail", { name: "shop-mail" });
        queue.consumedBy(probe(stack));
        const other = new LambdaFunction(stack, "other", {
          name: "other",
          description: "Comes late",
          bundle: emptyBundle<Record<never, string>>(),
          environment: {},
          placement: { reach: "public" },
        });
        queue.consumedBy(other);
      });
    expect(build).toThrow("test/mail: probe consumes this queue already");
  });
});
