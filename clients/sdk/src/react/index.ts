import { createContext, createElement, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Holdfast } from "../holdfast.ts";
import type { StockView } from "../live/stock-view.ts";
import type { ReservationView, ReservationWatch } from "../reservation-watch.ts";

const HoldfastContext = createContext<Holdfast | undefined>(undefined);

/** Provides the client to the hooks below it. */
export function HoldfastProvider(props: { readonly client: Holdfast; readonly children?: ReactNode }): ReactNode {
  return createElement(HoldfastContext.Provider, { value: props.client }, props.children);
}

export function useHoldfast(): Holdfast {
  const client = useContext(HoldfastContext);
  if (client === undefined) throw new Error("useHoldfast needs a <HoldfastProvider client={...}> above it");
  return client;
}

/** Returns the stock of an item, at one location or at all, and keeps it current while the component is mounted. */
export function useStock(sku: string, location?: string): StockView {
  const watch = useHoldfast().watchStock(sku, location);
  return useSyncExternalStore(watch.subscribe, watch.getSnapshot, watch.getSnapshot);
}

/** Returns a reservation with its count-down. `take` sends its next command, such as confirm. */
export function useReservation(id: string): ReservationView & Pick<ReservationWatch, "take"> {
  const watch = useHoldfast().watchReservation(id);
  const view = useSyncExternalStore(watch.subscribe, watch.getSnapshot, watch.getSnapshot);
  return { ...view, take: watch.take };
}
