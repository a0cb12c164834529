import type { AnswerOf, InputOf, Methods } from "./client.ts";
import { isHoldfastError } from "./error.ts";
import type { Reservation } from "./operations.generated.ts";
import type { Ports } from "./ports.ts";
import { createWatch, type Watch } from "./watch.ts";

/** Others may act on it too: another tab, the shop's back office, the clock. */
const pollMs = 5_000;
const retryMs = 2_000;
const tickMs = 1_000;

export interface ReservationView {
  readonly reservation: Reservation | undefined;
  /** Until the deadline of its state, by this machine's clock; undefined where it has none. */
  readonly secondsLeft: number | undefined;
  /** Why the last read failed; it is tried again. */
  readonly error: unknown;
}

type Step =
  | "payReservation"
  | "failPayment"
  | "confirmReservation"
  | "extendReservation"
  | "releaseReservation"
  | "fulfilReservation";

export interface ReservationWatch extends Watch<ReservationView> {
  /** Takes a step; the view shows the answer at once. */
  readonly take: <S extends Step>(step: S, body: InputOf<S>["body"]) => Promise<AnswerOf<S>>;
}

export interface ReservationWatchSource extends ReservationWatch {
  isWatched(): boolean;
  /** Reads and counts no more until it is woken up. */
  rest(): void;
  wake(): void;
}

const emptyView: ReservationView = { reservation: undefined, secondsLeft: undefined, error: undefined };
const isFinal = ({ status }: Reservation) => status === "FULFILLED" || status === "RELEASED" || status === "EXPIRED";

/** The instant until which a reservation stands in its state. */
function deadlineOf({ status, expiresAt, payBy }: Reservation): number | undefined {
  if (status === "HELD") return Date.parse(expiresAt);
  return status === "PAYING" && payBy !== undefined ? Date.parse(payBy) : undefined;
}

export function createReservationWatch(methods: Methods, ports: Ports, id: string): ReservationWatchSource {
  let cancelRead = () => {};
  let cancelTick = () => {};
  let isAwake = false;

  const rest = () => {
    isAwake = false;
    cancelRead();
    cancelTick();
  };

  const wake = () => {
    isAwake = true;
    const { reservation, error } = watch.getSnapshot();
    // Its time went on while nobody looked.
    if (reservation !== undefined) show(reservation, error);
    cancelRead();
    void read();
  };

  const watch = createWatch(emptyView, () => {
    wake();
    return rest;
  });

  const show = (reservation: Reservation | undefined, error?: unknown) => {
    const held = watch.getSnapshot().reservation;
    const newest = held && reservation && reservation.version < held.version ? held : (reservation ?? held);
    watch.set({ reservation: newest, secondsLeft: newest && secondsLeft(newest), error });
    tick();
  };

  const secondsLeft = (reservation: Reservation) => {
    const deadline = deadlineOf(reservation);
    return deadline === undefined ? undefined : Math.max(0, Math.ceil((deadline - ports.now()) / 1_000));
  };

  const tick = () => {
    cancelTick();
    const { reservation, error } = watch.getSnapshot();
    if (!isAwake || reservation === undefined) return;
    const left = secondsLeft(reservation);
    if (left === undefined || left === 0) return;
    cancelTick = ports.after(tickMs, () => {
      const now = secondsLeft(reservation);
      watch.set({ reservation, secondsLeft: now, error });
      tick();
      // What became of it says the service, by its own clock.
      if (now === 0) planRead(0);
    });
  };

  const planRead = (waitMs: number) => {
    cancelRead();
    if (isAwake) cancelRead = ports.after(waitMs, () => void read());
  };

  const read = async () => {
    try {
      const reservation = await methods.getReservation({ id });
      show(reservation);
      if (!isFinal(reservation)) planRead(pollMs);
    } catch (error) {
      show(undefined, error);
      if (!isHoldfastError(error, "not_found")) planRead(retryMs);
    }
  };

  return {
    subscribe: watch.subscribe,
    getSnapshot: watch.getSnapshot,
    isWatched: watch.isWatched,
    rest,
    wake: () => {
      if (watch.isWatched()) wake();
    },
    take: async (step, body) => {
      // Each step takes its own body; the table of operations checks the pair where `take` is called.
      const run = methods[step] as (input: { id: string; body: unknown }) => Promise<Reservation>;
      const reservation = await run({ id, body });
      show(reservation);
      if (!isFinal(reservation)) planRead(pollMs);
      return reservation;
    },
  };
}
