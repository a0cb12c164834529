import { isHoldfastError } from "@holdfast/sdk";
import { Alert, List, Text } from "@mantine/core";

const titles: Partial<Record<string, string>> = {
  insufficient_stock: "Not enough stock",
  validation_failed: "Please check what was entered",
  forbidden: "Your token does not allow this",
  network: "No answer from the API",
  version_mismatch: "Somebody else has changed it",
};

/** Shows an error as text, with the lines or fields that caused it. */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  if (error === undefined || error === null) return null;
  if (!isHoldfastError(error)) {
    return (
      <Alert color="red" role="alert" title="That did not work">
        {error instanceof Error ? error.message : String(error)}
      </Alert>
    );
  }
  return (
    <Alert color="red" role="alert" title={titles[error.code] ?? error.problem?.title ?? "That did not work"}>
      <Text size="sm">{error.problem?.detail ?? error.message}</Text>
      <List size="sm" mt={4}>
        {error.shortfalls.map(({ sku, location, requested, available }) => (
          <List.Item key={`${sku}/${location ?? ""}`}>
            {sku}
            {location === undefined ? "" : ` at ${location}`}: {requested} asked, {available} left
          </List.Item>
        ))}
        {error.fieldErrors.map(({ path, message }) => (
          <List.Item key={path + message}>
            {path}: {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
