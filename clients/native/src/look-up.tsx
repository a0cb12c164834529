import type { Item } from "@holdfast/sdk";
import { useStock } from "@holdfast/sdk/react";
import { useEffect, useState } from "react";
import { BackHandler, Platform, Pressable, ScrollView, Text, TextInput, View } from "react-native";
import { ItemStock } from "./item-stock.tsx";
import { Problem } from "./problem.tsx";
import { Quantity } from "./quantity.tsx";
import { useTheme } from "./theme.ts";
import { type ItemSearch, useItemSearch } from "./use-item-search.ts";

/** The screen: it finds items by the typed text and shows one of them with its stock. */
export function LookUp() {
  const { palette, styles } = useTheme();
  const [typed, setTyped] = useState("");
  const [item, setItem] = useState<Item>();
  const { tryAgain, ...search } = useItemSearch(typed);
  const isItemShown = item !== undefined;
  useEffect(() => (isItemShown ? onHardwareBack(() => setItem(undefined)) : undefined), [isItemShown]);

  const type = (text: string) => {
    setTyped(text);
    setItem(undefined);
  };
  return (
    <ScrollView
      style={styles.grow}
      contentContainerStyle={[styles.column, styles.page]}
      keyboardShouldPersistTaps="handled"
    >
      <TextInput
        style={styles.input}
        aria-label="Search items"
        placeholder="SKU, name or barcode"
        placeholderTextColor={palette.dimmed}
        inputMode="search"
        returnKeyType="search"
        autoCapitalize="none"
        autoCorrect={false}
        value={typed}
        onChangeText={type}
        // A scanner types a barcode and then submits. If one item matches, it is opened.
        onSubmitEditing={() => search.items.length === 1 && !search.isSearching && setItem(search.items[0])}
      />
      {item === undefined ? (
        <Found search={search} typed={typed} onTryAgain={tryAgain} onChoose={setItem} />
      ) : (
        <>
          <Pressable role="button" style={styles.link} onPress={() => setItem(undefined)}>
            <Text style={styles.linkText}>‹ All results</Text>
          </Pressable>
          <ItemStock key={item.sku} item={item} />
        </>
      )}
    </ScrollView>
  );
}

interface FoundProps {
  readonly search: ItemSearch;
  readonly typed: string;
  readonly onTryAgain: () => void;
  readonly onChoose: (item: Item) => void;
}

function Found({ search: { items, isCut, isSearching, error }, typed, onTryAgain, onChoose }: FoundProps) {
  const { styles } = useTheme();
  if (error !== undefined) return <Problem error={error} onTryAgain={onTryAgain} />;
  if (items.length === 0) {
    const nothing = typed.trim() === "" ? "The catalogue is empty." : `Nothing fits “${typed.trim()}”.`;
    return (
      <Text role="status" style={styles.text}>
        {isSearching ? "Searching…" : nothing}
      </Text>
    );
  }
  return (
    <>
      <View role="list" aria-label="Items" style={styles.card}>
        {items.map((item, at) => (
          <View key={item.sku} role="listitem" style={at > 0 && styles.divided}>
            <FoundItem item={item} onChoose={onChoose} />
          </View>
        ))}
      </View>
      {isCut && <Text style={styles.small}>There are more than these {items.length}: type to narrow them down.</Text>}
    </>
  );
}

function FoundItem({ item, onChoose }: { readonly item: Item; readonly onChoose: (item: Item) => void }) {
  const { styles } = useTheme();
  const { available, levels } = useStock(item.sku);
  return (
    <Pressable
      role="button"
      testID={`item-${item.sku}`}
      style={({ pressed }) => [styles.row, styles.padded, pressed && styles.pressed]}
      onPress={() => onChoose(item)}
    >
      <View style={styles.grow}>
        <Text style={styles.strong}>{item.name}</Text>
        <Text style={styles.code}>{item.sku}</Text>
      </View>
      <View style={{ alignItems: "flex-end" }}>
        <Quantity style={styles.number} value={levels.length === 0 ? undefined : available} />
        <Text style={styles.small}>available</Text>
      </View>
    </Pressable>
  );
}

/** Handles Android's back button. Other systems have none. */
function onHardwareBack(back: () => void): (() => void) | undefined {
  if (Platform.OS !== "android") return undefined;
  const subscription = BackHandler.addEventListener("hardwareBackPress", () => {
    back();
    return true;
  });
  return () => subscription.remove();
}
