import NetInfo from "@react-native-community/netinfo";
import { registerRootComponent } from "expo";
import { Text } from "react-native";
import { SafeAreaProvider, SafeAreaView } from "react-native-safe-area-context";
import { App, type AppConfig } from "./src/app.tsx";
import { useTheme } from "./src/theme.ts";

// Each variable is written in full, because the bundler replaces these expressions by their values.
const config: Partial<AppConfig> = {
  api: process.env.EXPO_PUBLIC_HOLDFAST_API,
  websocket: process.env.EXPO_PUBLIC_HOLDFAST_WEBSOCKET,
  token: process.env.EXPO_PUBLIC_HOLDFAST_TOKEN,
};

/** Reports the kind of network. A change from Wi-Fi to mobile matters, because it breaks the connection silently. */
function network(tell: (network: string | undefined) => void): () => void {
  return NetInfo.addEventListener(({ isConnected, type }) => tell(isConnected === false ? undefined : type));
}

function Device() {
  const { palette, styles } = useTheme();
  const { api, websocket, token } = config;
  return (
    <SafeAreaProvider>
      <SafeAreaView style={[styles.screen, { backgroundColor: palette.surface }]}>
        {api === undefined ? (
          <Text style={[styles.text, { padding: 16 }]}>
            EXPO_PUBLIC_HOLDFAST_API is missing: put the address of the API into clients/native/.env and build again.
          </Text>
        ) : (
          <App config={{ api, websocket, token }} network={network} />
        )}
      </SafeAreaView>
    </SafeAreaProvider>
  );
}

registerRootComponent(Device);
