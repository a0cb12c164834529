import { jitteredMs } from "../backoff.ts";
import type { Holdfast } from "../holdfast.ts";
import { type Ports, platformPorts } from "../ports.ts";

/** Who comes back to a network comes back together with everyone who had lost it. */
const networkBack = { firstMs: 1_000, ceilingMs: 1_000 };

/** `AppState` of react-native. */
export interface AppStateSource {
  /** `active`, `inactive` or `background`; at the start perhaps `unknown`. */
  readonly currentState: string | null | undefined;
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

/**
 * Tells the kind of network that the device is on, such as `wifi`, whenever it changes, and undefined for none. Gives
 * what ends it.
 */
export type NetworkSource = (tell: (network: string | undefined) => void) => () => void;

export interface Device {
  readonly appState: AppStateSource;
  /** @default none: a lost network shows within 35 s, by the heartbeat */
  readonly network?: NetworkSource;
  /** Time and chance. @default the platform's own */
  readonly ports?: Pick<Ports, "after" | "random">;
}

/**
 * Lets a client rest while the app is in the background, and goes on with fresh snapshots once it is seen again. On
 * another network it starts over within 1 s. Gives what ends that.
 *
 * @example
 * useEffect(() => followDevice(holdfast, { appState: AppState }), [holdfast]);
 */
export function followDevice(holdfast: Pick<Holdfast, "rest" | "wake">, device: Device): () => void {
  const { after, random } = device.ports ?? platformPorts;
  let isSeen = device.appState.currentState !== "background";
  let network: string | undefined;
  let isNetworkKnown = false;
  let cancelWake = () => {};
  if (!isSeen) holdfast.rest();

  const app = device.appState.addEventListener("change", (state) => {
    // `inactive` is a moment only: a call comes in, or iOS shows its list of apps.
    const isSeenNow = state === "active" || (state === "inactive" && isSeen);
    if (isSeenNow === isSeen) return;
    isSeen = isSeenNow;
    cancelWake();
    if (isSeen) holdfast.wake();
    else holdfast.rest();
  });

  const leaveNetwork = device.network?.((now) => {
    const isAnother = isNetworkKnown && now !== network;
    isNetworkKnown = true;
    network = now;
    if (!isAnother || !isSeen) return;
    cancelWake();
    if (now !== undefined) cancelWake = after(jitteredMs(random(), 1, networkBack), () => holdfast.wake());
  });

  return () => {
    app.remove();
    leaveNetwork?.();
    cancelWake();
  };
}

let count = 0;

/** Ids for React Native, which has no `crypto`: createHoldfast({ ..., ports: nativePorts }). */
export const nativePorts: Pick<Ports, "newId"> = {
  newId: () => {
    if (globalThis.crypto?.getRandomValues !== undefined) return platformPorts.newId();
    // Hermes' Math.random has 31 bits of state: time and count keep apart what chance alone would not.
    const parts = [Date.now(), ++count, ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 2 ** 48))];
    return parts.map((part) => part.toString(36)).join("-");
  },
};
