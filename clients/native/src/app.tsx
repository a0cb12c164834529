import { createHoldfast } from "@holdfast/sdk";
import { HoldfastProvider } from "@holdfast/sdk/react";
import { followDevice, type NetworkSource, nativePorts } from "@holdfast/sdk/react-native";
import { useEffect, useMemo, useState } from "react";
import { AppState, StatusBar, Text, View } from "react-native";
import { LookUp } from "./look-up.tsx";
import { useTheme } from "./theme.ts";
import { TokenForm } from "./token-form.tsx";

export interface AppConfig {
  /** Address of the API with its base path, such as `https://stock.example.com/v1`. */
  readonly api: string;
  /** @default none: stock is polled every 2 s */
  readonly websocket: string | undefined;
  /** @default none: the app asks for one */
  readonly token: string | undefined;
}

export function App({ config, network }: { readonly config: AppConfig; readonly network: NetworkSource }) {
  const { styles } = useTheme();
  const [token, setToken] = useState(config.token);
  const [isRefused, setIsRefused] = useState(false);
  const enter = (entered: string) => {
    setIsRefused(false);
    setToken(entered);
  };
  const refuse = () => {
    setIsRefused(true);
    setToken(undefined);
  };
  return (
    <View style={styles.screen}>
      <StatusBar barStyle="default" />
      <View role="banner" style={styles.header}>
        <View style={[styles.column, styles.row, { paddingHorizontal: 16, paddingVertical: 14 }]}>
          <Mark />
          <Text role="heading" aria-level={1} style={styles.brand}>
            Holdfast
          </Text>
        </View>
      </View>
      <View role="main" style={styles.grow}>
        {token === undefined ? (
          <TokenForm isRefused={isRefused} onEnter={enter} />
        ) : (
          <SignedIn config={config} token={token} network={network} onRefused={refuse} />
        )}
      </View>
    </View>
  );
}

function SignedIn(props: {
  readonly config: AppConfig;
  readonly token: string;
  readonly network: NetworkSource;
  readonly onRefused: () => void;
}) {
  const { config, token, network, onRefused } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one client per token, not one per render.
  const holdfast = useMemo(
    () =>
      createHoldfast({
        ...config,
        ports: nativePorts,
        token: (refused) => {
          // A refused token cannot be renewed here. The user must enter another.
          if (refused === token) onRefused();
          return token;
        },
      }),
    [config, token],
  );
  useEffect(() => followDevice(holdfast, { appState: AppState, network }), [holdfast, network]);
  return (
    <HoldfastProvider client={holdfast}>
      <LookUp />
    </HoldfastProvider>
  );
}

/** The console's logo, made of plain boxes. */
function Mark() {
  const bar = { position: "absolute", backgroundColor: "#ffffff", borderRadius: 2 } as const;
  return (
    <View aria-hidden={true} style={{ width: 28, height: 28, borderRadius: 7, backgroundColor: "#0a6b7d" }}>
      <View style={[bar, { left: 7, top: 6, width: 3, height: 16 }]} />
      <View style={[bar, { left: 18, top: 6, width: 3, height: 16 }]} />
      <View style={[bar, { left: 7, top: 12.5, width: 14, height: 3 }]} />
    </View>
  );
}
