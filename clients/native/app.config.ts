import type { ExpoConfig } from "expo/config";

const config: ExpoConfig = {
  name: "Holdfast",
  slug: "holdfast",
  version: "0.1.0",
  platforms: ["android", "ios"],
  orientation: "default",
  userInterfaceStyle: "automatic",
  // The bundler does not find the repository's tsconfig above this folder, and that file has no paths.
  experiments: { tsconfigPaths: false },
  android: { package: "com.example.holdfast" },
  ios: { bundleIdentifier: "com.example.holdfast", supportsTablet: true },
};

export default config;
