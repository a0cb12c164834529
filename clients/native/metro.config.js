const { join, resolve } = require("node:path");
const { getDefaultConfig } = require("expo/metro-config");

const sdk = resolve(__dirname, "../sdk");
const config = getDefaultConfig(__dirname);

// The SDK is bundled from its sources, which are outside this folder.
config.watchFolders = [...config.watchFolders, sdk];
config.resolver.unstable_conditionNames = [...config.resolver.unstable_conditionNames, "holdfast-source"];

// An app must have one React, so the SDK uses this folder's, not the repository's.
config.resolver.resolveRequest = (context, name, platform) => {
  const isOfSdk = context.originModulePath.startsWith(join(sdk, "/")) && !name.startsWith(".");
  const from = isOfSdk ? { ...context, originModulePath: join(__dirname, "index.tsx") } : context;
  return context.resolveRequest(from, name, platform);
};

module.exports = config;
