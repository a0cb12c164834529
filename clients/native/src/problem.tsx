import { isHoldfastError } from "@holdfast/sdk";
import { Pressable, Text, View } from "react-native";
import { useTheme } from "./theme.ts";

interface Advice {
  readonly title: string;
  /** What the user can do. */
  readonly text: string;
}

/** Returns what went wrong and what the user can do. */
export function adviceOn(error: unknown): Advice {
  if (!isHoldfastError(error)) {
    return { title: "That did not work", text: error instanceof Error ? error.message : String(error) };
  }
  const { code, problem } = error;
  switch (code) {
    case "network":
      return { title: "No answer", text: "Check that this phone is online, then try again." };
    case "forbidden": {
      const scope = problem?.requiredScope ?? "stock:read";
      return { title: "Your token does not allow this", text: `Ask for a token with the scope ${scope}.` };
    }
    case "unauthorized":
      return { title: "Your token was refused", text: "It may have expired: get a new one and enter it." };
    case "rate_limited":
    case "unavailable":
      return { title: "The service is busy", text: "Wait a moment, then try again." };
    default:
      return { title: problem?.title ?? "That did not work", text: problem?.detail ?? error.message };
  }
}

export function Problem({ error, onTryAgain }: { readonly error: unknown; readonly onTryAgain?: () => void }) {
  const { styles } = useTheme();
  const { title, text } = adviceOn(error);
  return (
    <View role="alert" style={styles.problem}>
      <Text style={styles.problemTitle}>{title}</Text>
      <Text style={styles.text}>{text}</Text>
      {onTryAgain !== undefined && (
        <Pressable role="button" style={styles.link} onPress={onTryAgain}>
          <Text style={styles.linkText}>Try again</Text>
        </Pressable>
      )}
    </View>
  );
}
