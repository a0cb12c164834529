import { Platform, StyleSheet, useColorScheme } from "react-native";

/** The console's colours. Text on each background has a contrast of at least 4.5:1. */
const light = {
  ground: "#f6f8f9",
  surface: "#ffffff",
  border: "#dee2e6",
  text: "#14191c",
  dimmed: "#495057",
  primary: "#0a6b7d",
  onPrimary: "#ffffff",
  track: "#e3e8eb",
  available: "#0a6b7d",
  reserved: "#d9480f",
  other: "#868e96",
  changed: "#ffe066",
  live: "#087f5b",
  problem: "#c92a2a",
  problemGround: "#fff5f5",
};

const dark: typeof light = {
  ground: "#101416",
  surface: "#1b2125",
  border: "#3c454b",
  text: "#e6eaec",
  dimmed: "#aeb4ba",
  primary: "#3db8ca",
  onPrimary: "#0e1214",
  track: "#2f373d",
  available: "#3db8ca",
  reserved: "#ff922b",
  other: "#868e96",
  changed: "#4f4410",
  live: "#38d9a9",
  problem: "#ff8787",
  problemGround: "#2a1a1c",
};

export type Palette = typeof light;

const mono = Platform.select({ ios: "Menlo", web: "ui-monospace, Menlo, monospace", default: "monospace" });

function createStyles(palette: Palette) {
  return StyleSheet.create({
    screen: { flex: 1, backgroundColor: palette.ground },
    column: { width: "100%", maxWidth: 640, alignSelf: "center" },
    page: { padding: 16, gap: 12 },
    header: {
      backgroundColor: palette.surface,
      borderBottomColor: palette.border,
      borderBottomWidth: StyleSheet.hairlineWidth,
    },
    row: { flexDirection: "row", alignItems: "center", gap: 10 },
    grow: { flex: 1, minWidth: 0 },
    card: {
      backgroundColor: palette.surface,
      borderColor: palette.border,
      borderWidth: 1,
      borderRadius: 12,
      overflow: "hidden",
    },
    padded: { padding: 14, gap: 8 },
    divided: { borderTopColor: palette.border, borderTopWidth: 1 },
    pressed: { backgroundColor: palette.track },
    text: { color: palette.text, fontSize: 16 },
    strong: { color: palette.text, fontSize: 16, fontWeight: "600" },
    small: { color: palette.dimmed, fontSize: 14 },
    label: { color: palette.dimmed, fontSize: 13, fontWeight: "600" },
    code: { color: palette.dimmed, fontSize: 13, fontFamily: mono },
    title: { color: palette.text, fontSize: 24, fontWeight: "700" },
    brand: { color: palette.text, fontSize: 19, fontWeight: "700" },
    number: { color: palette.text, fontSize: 20, fontWeight: "700", fontVariant: ["tabular-nums"] },
    total: { color: palette.available, fontSize: 52, lineHeight: 58, fontWeight: "700", fontVariant: ["tabular-nums"] },
    input: {
      minHeight: 48,
      paddingHorizontal: 14,
      borderColor: palette.dimmed,
      borderWidth: 1,
      borderRadius: 10,
      backgroundColor: palette.surface,
      color: palette.text,
      fontSize: 17,
    },
    button: {
      minHeight: 48,
      paddingHorizontal: 16,
      borderRadius: 10,
      alignItems: "center",
      justifyContent: "center",
      backgroundColor: palette.primary,
    },
    buttonText: { color: palette.onPrimary, fontSize: 16, fontWeight: "600" },
    link: { minHeight: 44, marginVertical: -6, justifyContent: "center", alignSelf: "flex-start" },
    linkText: { color: palette.primary, fontSize: 16, fontWeight: "600" },
    bar: { flexDirection: "row", height: 8, borderRadius: 4, overflow: "hidden", backgroundColor: palette.track },
    dot: { width: 9, height: 9, borderRadius: 5 },
    problem: {
      backgroundColor: palette.problemGround,
      borderColor: palette.problem,
      borderWidth: 1,
      borderRadius: 12,
      padding: 14,
      gap: 6,
    },
    problemTitle: { color: palette.problem, fontSize: 16, fontWeight: "700" },
  });
}

const themes = {
  light: { palette: light, styles: createStyles(light) },
  dark: { palette: dark, styles: createStyles(dark) },
};

/** Returns the theme of the device's setting, light or dark. */
export function useTheme() {
  return themes[useColorScheme() === "dark" ? "dark" : "light"];
}
