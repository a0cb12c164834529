import type { StockState } from "@holdfast/sdk";
import { Text, View } from "react-native";
import { useTheme } from "./theme.ts";

const words: Readonly<Record<StockState, string>> = {
  live: "Live",
  polling: "Every 2 s",
  connecting: "Connecting",
  failed: "Not current",
};

export function LiveBadge({ state }: { readonly state: StockState }) {
  const { palette, styles } = useTheme();
  const colors = { live: palette.live, polling: palette.live, connecting: palette.other, failed: palette.problem };
  return (
    <View role="status" style={[styles.row, { gap: 6 }]}>
      <View style={[styles.dot, { backgroundColor: colors[state] }]} />
      <Text style={styles.label}>{words[state]}</Text>
    </View>
  );
}
