import { useState } from "react";
import { Pressable, ScrollView, Text, TextInput, View } from "react-native";
import { useTheme } from "./theme.ts";

/** Asks for an access token. It is kept in memory only, until the app ends. */
export function TokenForm(props: { readonly isRefused: boolean; readonly onEnter: (token: string) => void }) {
  const { palette, styles } = useTheme();
  const [typed, setTyped] = useState("");
  const token = typed.trim();
  return (
    <ScrollView
      style={styles.grow}
      contentContainerStyle={[styles.column, styles.page]}
      keyboardShouldPersistTaps="handled"
    >
      <View style={[styles.card, styles.padded, { gap: 14 }]}>
        <Text role="heading" aria-level={2} style={styles.title}>
          Sign in
        </Text>
        {props.isRefused && (
          <View role="alert" style={styles.problem}>
            <Text style={styles.problemTitle}>The token was refused</Text>
            <Text style={styles.text}>It may have expired: get a new one and enter it.</Text>
          </View>
        )}
        <Text style={styles.text}>Enter an access token that may read stock.</Text>
        <TextInput
          style={styles.input}
          aria-label="Access token"
          placeholder="eyJ…"
          placeholderTextColor={palette.dimmed}
          autoCapitalize="none"
          autoCorrect={false}
          value={typed}
          onChangeText={setTyped}
          onSubmitEditing={() => token !== "" && props.onEnter(token)}
        />
        <Pressable
          role="button"
          style={[styles.button, token === "" && { opacity: 0.5 }]}
          disabled={token === ""}
          onPress={() => props.onEnter(token)}
        >
          <Text style={styles.buttonText}>Continue</Text>
        </Pressable>
      </View>
    </ScrollView>
  );
}
