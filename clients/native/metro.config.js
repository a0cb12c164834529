const { join, resolve } = require("node:path");
const { getDefaultConfig } = require("expo/metro-config");

const sdk = resolve(__dirname, "../sdk");
const config = getDefaultConfig(__dirname);

// The SDK is bundled from its sources, which lie outside of this folder.
config.watchFolders = [...config.watchFolders, sdk];
config.resolver.unstable_conditionNames = [...config.resolver.unstable_conditionNames, "holdfast-source"];

// There is one React in an app: the SDK's is this folder's, not the one of the repository.
config.resolver.resolveRequest = (context, name, platform) => {
  const isOfSdk = context.originModulePath.startsWith(join(sdk, "/")) && !name.startsWith(".");
  const from = isOfSdk ? { ...context, originModulePath: join(__dirname, "index.tsx") } : context;
  return context.resolveRequest(from, name, platform);
};

module.exports = config;
