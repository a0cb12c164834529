import type { OperationsState, QueueState } from "@holdfast/sdk";
import { Alert } from "@mantine/core";

/** Shows a prominent alert, because messages leave a dead-letter queue only when somebody sends them again. */
export function DeadLetterAlert({ queues }: { readonly queues: readonly QueueState[] }) {
  const dead = queues.filter(({ deadLetters }) => deadLetters !== null && deadLetters > 0);
  if (dead.length === 0) return null;
  return (
    <Alert color="red" variant="filled" role="alert" title="Messages were given up">
      {dead.map(({ name, deadLetters }) => `${name}: ${deadLetters}`).join(", ")}. Each is an effect that did not
      happen: read the log of its function, fix the error there, and send the messages again.
    </Alert>
  );
}

export function UnansweredAlert({ state }: { readonly state: OperationsState }) {
  const silent = [
    ...(state.feeds === null ? ["the database"] : []),
    ...state.queues.flatMap(({ name, depth, deadLetters }) => [
      ...(depth === null ? [`the queue ${name}`] : []),
      ...(deadLetters === null ? [`the dead letters of ${name}`] : []),
    ]),
  ];
  if (silent.length === 0) return null;
  return (
    <Alert color="orange" role="status" title="Some sources do not answer">
      No answer from {silent.join(", ")}. The page shows the other sources only.
    </Alert>
  );
}
