import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** White text on the last two shades has a contrast of at least 6:1. */
const tide: MantineColorsTuple = [
  ...(["#e6f7f9", "#c9ecf1", "#9adbe4", "#66c8d6", "#3db8ca", "#22a9be"] as const),
  ...(["#1397ac", "#0c7d91", "#0a6b7d", "#085a69"] as const),
];
/** Mantine's greys with a little blue. */
const dark: MantineColorsTuple = [
  ...(["#d3dade", "#b8c1c7", "#929ca3", "#626d74", "#3c454b", "#2f373d"] as const),
  ...(["#252c31", "#1b2125", "#14191c", "#0e1214"] as const),
];

export const theme = createTheme({
  colors: { tide, dark },
  primaryColor: "tide",
  primaryShade: 8,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
});

/** Overrides Mantine's dimmed text, whose contrast is 3.3:1. Text needs 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-body": "#f6f8f9",
    "--mantine-color-error": "#c92a2a",
    "--console-surface": "#ffffff",
    "--console-track": "#e3e8eb",
    "--console-available": "#0a6b7d",
    "--console-reserved": "#d9480f",
    "--console-changed": "#ffe066",
  },
  dark: {
    "--mantine-color-dimmed": "#aeb4ba",
    "--mantine-color-placeholder": "#9aa1a8",
    "--mantine-color-body": "#101416",
    "--mantine-color-error": "#ff8787",
    "--console-surface": "#1b2125",
    "--console-track": "#2f373d",
    "--console-available": "#3db8ca",
    "--console-reserved": "#ff922b",
    "--console-changed": "#4f4410",
  },
});
