import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: { light: 9, dark: 4 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
});

/** Mantine's own dimmed text has a contrast of 3.3:1; text needs 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-body": "#f6f8f9",
    "--mantine-color-error": "#c92a2a",
    "--console-surface": "#ffffff",
  },
  dark: {
    "--mantine-color-dimmed": "#aeb4ba",
    "--mantine-color-placeholder": "#9aa1a8",
    "--mantine-color-body": "#121416",
    "--mantine-color-error": "#ff8787",
    "--console-surface": "#1b1e21",
  },
});
