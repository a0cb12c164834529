import { Stack, Text } from "@mantine/core";
import { formatQuantity, formatShare } from "../format.ts";

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** Shows the largest values as bars next to their names. The bar of a share is relative to 1. */
export function BarList(props: {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly unit: "quantity" | "share";
}) {
  const { label, bars, unit } = props;
  const whole = Math.max(1, ...bars.map(({ value }) => Math.abs(value)));
  const format = unit === "share" ? formatShare : formatQuantity;
  return (
    <Stack gap={8} component="ul" aria-label={label} p={0} m={0} style={{ listStyle: "none" }}>
      {bars.map(({ name, value }) => (
        <li key={name} className="bar-row">
          <Text size="sm" truncate title={name}>
            {name}
          </Text>
          <div className="bar" aria-hidden="true">
            <span
              className={value < 0 ? "reserved" : "available"}
              style={{ width: `${(100 * Math.abs(value)) / whole}%` }}
            />
          </div>
          <Text size="sm" fw={600} ta="right" className="number">
            {format(value)}
          </Text>
        </li>
      ))}
    </Stack>
  );
}
