import { Group, Text } from "@mantine/core";

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0a6b7d" />
        <path d="M10 8v16M22 8v16M10 16h12" stroke="#fff" strokeWidth="3.5" strokeLinecap="round" fill="none" />
      </svg>
      <Text fw={700} size="lg">
        Holdfast
      </Text>
    </Group>
  );
}
