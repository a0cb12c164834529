import { jitteredMs } from "../backoff.ts";
import type { Holdfast } from "../holdfast.ts";
import { type Ports, platformPorts } from "../ports.ts";

/** The wait after a network returns is random, because many devices get it back at the same time. */
const networkBack = { firstMs: 1_000, ceilingMs: 1_000 };

/** The part of react-native's `AppState` that is used. */
export interface AppStateSource {
  /** `active`, `inactive` or `background`; at the start possibly `unknown`. */
  readonly currentState: string | null | undefined;
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

/**
 * Calls `tell` with the kind of network, such as `wifi`, when it changes, or with undefined when there is none.
 * Returns a function that ends this.
 */
export type NetworkSource = (tell: (network: string | undefined) => void) => () => void;

export interface Device {
  readonly appState: AppStateSource;
  /** @default none: the heartbeat detects a lost network within 35 s */
  readonly network?: NetworkSource;
  /** Timers and random numbers. @default the platform's own */
  readonly ports?: Pick<Ports, "after" | "random">;
}

/**
 * Stops a client while the app is in the background. In the foreground the client continues with new snapshots.
 * After a change of network it reconnects within 1 s. Returns a function that ends this.
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
    // `inactive` is short: a call arrives, or iOS shows its list of apps.
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

/** Makes ids in React Native, which has no `crypto`: createHoldfast({ ..., ports: nativePorts }). */
export const nativePorts: Pick<Ports, "newId"> = {
  newId: () => {
    if (globalThis.crypto?.getRandomValues !== undefined) return platformPorts.newId();
    // Hermes' Math.random has 31 bits of state, too little for unique ids. Time and a counter make them unique.
    const parts = [Date.now(), ++count, ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 2 ** 48))];
    return parts.map((part) => part.toString(36)).join("-");
  },
};
