import { useEffect, useRef, useState } from "react";
import { AccessibilityInfo, Animated, type StyleProp, Text, type TextStyle } from "react-native";
import { useTheme } from "./theme.ts";

const glowMs = 1_600;
const format = new Intl.NumberFormat();

/** Shows a number and highlights it briefly when it changes. */
export function Quantity(props: {
  readonly value: number | undefined;
  readonly style: StyleProp<TextStyle>;
  readonly testID?: string;
}) {
  const { value, style, testID } = props;
  const { palette } = useTheme();
  const [glow] = useState(() => new Animated.Value(0));
  const shown = useRef(value);
  useEffect(() => {
    const isChange = shown.current !== undefined && shown.current !== value;
    shown.current = value;
    if (!isChange) return;
    void AccessibilityInfo.isReduceMotionEnabled().then((isReduced) => {
      if (isReduced) return;
      glow.setValue(1);
      Animated.timing(glow, { toValue: 0, duration: glowMs, useNativeDriver: false }).start();
    });
  }, [value, glow]);
  const backgroundColor = glow.interpolate({
    inputRange: [0, 1],
    outputRange: [`${palette.changed}00`, palette.changed],
  });
  return (
    <Animated.View style={{ backgroundColor, borderRadius: 6 }}>
      <Text style={style} testID={testID}>
        {value === undefined ? "–" : format.format(value)}
      </Text>
    </Animated.View>
  );
}
