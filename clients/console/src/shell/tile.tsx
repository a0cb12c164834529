import { Card, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Shows one number with its name and a note. */
export function Tile(props: {
  readonly title: string;
  readonly value: ReactNode;
  readonly about?: ReactNode;
  readonly level?: "h2" | "h3";
}) {
  return (
    <Card withBorder className="surface" padding="md">
      <Text size="sm" fw={600} c="dimmed" component={props.level ?? "h2"} m={0}>
        {props.title}
      </Text>
      <Text fz={26} fw={700} className="number" component="div">
        {props.value}
      </Text>
      {props.about !== undefined && (
        <Text size="sm" c="dimmed" component="div">
          {props.about}
        </Text>
      )}
    </Card>
  );
}
