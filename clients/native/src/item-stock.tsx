import { type Item, quantities, type StockLevel } from "@holdfast/sdk";
import { useStock } from "@holdfast/sdk/react";
import { Text, View } from "react-native";
import { LiveBadge } from "./live-badge.tsx";
import { Problem } from "./problem.tsx";
import { Quantity } from "./quantity.tsx";
import { useTheme } from "./theme.ts";
import { useLocationNames } from "./use-location-names.ts";

/** Shows an item with its live stock. */
export function ItemStock({ item }: { readonly item: Item }) {
  const { styles } = useTheme();
  const { levels, available, state, error } = useStock(item.sku);
  const isKnown = levels.length > 0 || state === "live" || state === "polling";
  return (
    <>
      {state === "failed" && <Problem error={error} />}
      <View style={[styles.card, styles.padded]}>
        <Text role="heading" aria-level={2} style={styles.title}>
          {item.name}
        </Text>
        <Text style={styles.code}>{[item.sku, ...item.barcodes].join("  ·  ")}</Text>
        <View style={[styles.row, { justifyContent: "space-between", marginTop: 10 }]}>
          <Text style={styles.label}>Available</Text>
          <LiveBadge state={state} />
        </View>
        <View style={{ alignSelf: "flex-start" }} aria-live="polite">
          <Quantity style={styles.total} value={isKnown ? available : undefined} testID="total-available" />
        </View>
        <Totals levels={levels} />
      </View>
      <Text role="heading" aria-level={3} style={[styles.label, { marginTop: 4 }]}>
        By location
      </Text>
      <Levels levels={levels} isKnown={isKnown} />
    </>
  );
}

const totals = ["onHand", "reserved", "incoming"] as const;

/** Shows the totals of the other quantities, which a token with the scope `stock:availability` cannot read. */
function Totals({ levels }: { readonly levels: readonly StockLevel[] }) {
  const { styles } = useTheme();
  if (!levels.some(({ onHand }) => onHand !== undefined)) return null;
  return (
    <View style={[styles.row, { gap: 24 }]}>
      {totals.map((name) => (
        <View key={name}>
          <Text style={styles.label}>{quantities[name].label}</Text>
          <Quantity style={styles.number} value={levels.reduce((sum, level) => sum + (level[name] ?? 0), 0)} />
        </View>
      ))}
    </View>
  );
}

function Levels({ levels, isKnown }: { readonly levels: readonly StockLevel[]; readonly isKnown: boolean }) {
  const { styles } = useTheme();
  const names = useLocationNames();
  if (levels.length === 0) {
    const text = isKnown ? "No location has ever had stock of this item." : "Reading…";
    return <Text style={styles.text}>{text}</Text>;
  }
  return (
    <View role="list" style={styles.card}>
      {levels.map((level, at) => (
        <View key={level.location} role="listitem" style={[styles.padded, at > 0 && styles.divided]}>
          <View style={styles.row}>
            <View style={styles.grow}>
              <Text style={styles.strong}>{names.get(level.location) ?? level.location}</Text>
              {level.onHand !== undefined && (
                <Text style={styles.small}>
                  {level.onHand} on hand, {level.reserved ?? 0} reserved
                </Text>
              )}
            </View>
            <Quantity style={styles.number} value={level.available} testID={`available-${level.location}`} />
          </View>
          <LevelBar level={level} />
        </View>
      ))}
    </View>
  );
}

/** Shows the shares of stock on hand: available, reserved and neither. The numbers above it say the same. */
function LevelBar({ level }: { readonly level: StockLevel }) {
  const { palette, styles } = useTheme();
  const onHand = level.onHand ?? level.available;
  const available = Math.max(0, Math.min(onHand, level.available));
  const reserved = level.reserved ?? 0;
  const other = Math.max(0, onHand - available - reserved);
  return (
    <View style={styles.bar} aria-hidden={true}>
      <View style={{ flex: available, backgroundColor: palette.available }} />
      <View style={{ flex: reserved, backgroundColor: palette.reserved }} />
      <View style={{ flex: other, backgroundColor: palette.other }} />
    </View>
  );
}
