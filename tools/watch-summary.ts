import type { Change } from "laptop-cloud/daemon";

const namedMax = 6;

/** Describes the changes of an apply in one line: functions by construct, other resources by path below the stack. */
export function summary(changes: readonly Change[]): string {
  const isFunction = ({ type, kind }: Change) => type === "aws_lambda_function" && kind !== "removed";
  const live = changes.filter(isFunction).map(({ path }) => path.split("/").at(-2) ?? path);
  const others = Object.groupBy(
    changes.filter((change) => !isFunction(change)),
    ({ kind }) => kind,
  );
  const parts = [
    ...(live.length === 0 ? [] : [`${list(live)} ${live.length === 1 ? "is" : "are"} live`]),
    ...Object.entries(others).map(([kind, some]) => `${kind} ${list(some.map(nameOf))}`),
  ];
  return parts.join("; ");
}

function nameOf({ path }: Change): string {
  return path.split("/").slice(1).join("/");
}

function list(names: readonly string[]): string {
  const sorted = names.toSorted();
  const rest = sorted.length - namedMax;
  return rest > 0 ? `${sorted.slice(0, namedMax).join(", ")} and ${rest} more` : sorted.join(", ");
}
