import { Stack, Text } from "@mantine/core";
import { formatQuantity } from "../format.ts";

/** The largest of many, as bars beside their names. */
export function BarList(props: { readonly label: string; readonly bars: readonly { name: string; value: number }[] }) {
  const largest = Math.max(1, ...props.bars.map(({ value }) => Math.abs(value)));
  return (
    <Stack gap={6} component="ul" aria-label={props.label} p={0} m={0} style={{ listStyle: "none" }}>
      {props.bars.map(({ name, value }) => (
        <li
          key={name}
          style={{ display: "grid", gridTemplateColumns: "minmax(96px, 18%) 1fr 56px", gap: 8, alignItems: "center" }}
        >
          <Text size="xs" truncate title={name}>
            {name}
          </Text>
          <div className="bar" aria-hidden="true">
            <span className="available" style={{ width: `${(100 * Math.abs(value)) / largest}%` }} />
          </div>
          <Text size="xs" ta="right" className="number">
            {formatQuantity(value)}
          </Text>
        </li>
      ))}
    </Stack>
  );
}
