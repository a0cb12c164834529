import type { ExpoConfig } from "expo/config";

const config: ExpoConfig = {
  name: "Holdfast",
  slug: "holdfast",
  version: "0.1.0",
  platforms: ["android", "ios"],
  orientation: "default",
  userInterfaceStyle: "automatic",
  // The repository's tsconfig lies above this folder, where the bundler does not look; no paths are in it.
  experiments: { tsconfigPaths: false },
  android: { package: "com.example.holdfast" },
  ios: { bundleIdentifier: "com.example.holdfast", supportsTablet: true },
};

export default config;
