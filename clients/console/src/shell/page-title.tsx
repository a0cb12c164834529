import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

export function PageTitle(props: { readonly title: string; readonly about?: ReactNode; readonly aside?: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Holdfast`;
  }, [props.title]);
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      <Stack gap={2}>
        <Title order={1} size="h2">
          {props.title}
        </Title>
        {props.about !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {props.about}
          </Text>
        )}
      </Stack>
      {props.aside}
    </Group>
  );
}
