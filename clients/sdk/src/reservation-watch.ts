import type { AnswerOf, InputOf, Methods } from "./client.ts";
import { isHoldfastError } from "./error.ts";
import type { Reservation } from "./operations.generated.ts";
import type { Ports } from "./ports.ts";
import { createWatch, type Watch, type WatchSource } from "./watch.ts";

/** A reservation is polled, because others change it too: another tab, the shop's back office, its expiry. */
const pollMs = 5_000;
const retryMs = 2_000;
const tickMs = 1_000;

export interface ReservationView {
  readonly reservation: Reservation | undefined;
  /** Seconds until the deadline of its status, by this machine's clock; undefined when there is no deadline. */
  readonly secondsLeft: number | undefined;
  /** The reason why the last read failed. The client tries again. */
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
  /** Sends a command for the reservation. The view shows the answer immediately. */
  readonly take: <S extends Step>(step: S, body: InputOf<S>["body"]) => Promise<AnswerOf<S>>;
}

const emptyView: ReservationView = { reservation: undefined, secondsLeft: undefined, error: undefined };
const isFinal = ({ status }: Reservation) => status === "FULFILLED" || status === "RELEASED" || status === "EXPIRED";

/** Returns the deadline of a reservation's status, in epoch milliseconds. */
function deadlineOf({ status, expiresAt, payBy }: Reservation): number | undefined {
  if (status === "HELD") return Date.parse(expiresAt);
  return status === "PAYING" && payBy !== undefined ? Date.parse(payBy) : undefined;
}

interface ReservationWatchOptions {
  readonly methods: Methods;
  readonly ports: Ports;
  readonly id: string;
}

/** A watch that polls one reservation while it has a listener, with a count-down to its deadline. */
export class ReservationWatchSource implements ReservationWatch {
  readonly #options: ReservationWatchOptions;
  readonly #watch: WatchSource<ReservationView>;
  readonly subscribe: ReservationWatch["subscribe"];
  readonly getSnapshot: ReservationWatch["getSnapshot"];
  #cancelRead = () => {};
  #cancelTick = () => {};
  #isAwake = false;

  constructor(options: ReservationWatchOptions) {
    this.#options = options;
    this.#watch = createWatch(emptyView, () => {
      this.#start();
      return () => this.rest();
    });
    this.subscribe = this.#watch.subscribe;
    this.getSnapshot = this.#watch.getSnapshot;
  }

  readonly take = async <S extends Step>(step: S, body: InputOf<S>["body"]): Promise<AnswerOf<S>> => {
    const { methods, id } = this.#options;
    // Each step has its own body type. The signature of `take` checks the pair for the caller.
    const run = methods[step] as (input: { id: string; body: unknown }) => Promise<Reservation>;
    const reservation = await run({ id, body });
    this.#show(reservation);
    if (!isFinal(reservation)) this.#planRead(pollMs);
    return reservation;
  };

  isWatched(): boolean {
    return this.#watch.isWatched();
  }

  /** Does not read or count until `wake` is called. */
  rest(): void {
    this.#isAwake = false;
    this.#cancelRead();
    this.#cancelTick();
  }

  wake(): void {
    if (this.isWatched()) this.#start();
  }

  #start(): void {
    this.#isAwake = true;
    const { reservation, error } = this.getSnapshot();
    // Time has passed since the last listener left.
    if (reservation !== undefined) this.#show(reservation, error);
    this.#cancelRead();
    void this.#read();
  }

  #show(reservation: Reservation | undefined, error?: unknown): void {
    const held = this.getSnapshot().reservation;
    const newest = held && reservation && reservation.version < held.version ? held : (reservation ?? held);
    this.#watch.set({ reservation: newest, secondsLeft: newest && this.#secondsLeft(newest), error });
    this.#tick();
  }

  #secondsLeft(reservation: Reservation): number | undefined {
    const deadline = deadlineOf(reservation);
    if (deadline === undefined) return undefined;
    return Math.max(0, Math.ceil((deadline - this.#options.ports.now()) / 1_000));
  }

  #tick(): void {
    this.#cancelTick();
    const { reservation, error } = this.getSnapshot();
    if (!this.#isAwake || reservation === undefined) return;
    const left = this.#secondsLeft(reservation);
    if (left === undefined || left === 0) return;
    this.#cancelTick = this.#options.ports.after(tickMs, () => {
      const now = this.#secondsLeft(reservation);
      this.#watch.set({ reservation, secondsLeft: now, error });
      this.#tick();
      // The service decides by its own clock whether the reservation expired.
      if (now === 0) this.#planRead(0);
    });
  }

  #planRead(waitMs: number): void {
    this.#cancelRead();
    if (this.#isAwake) this.#cancelRead = this.#options.ports.after(waitMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    const { methods, id } = this.#options;
    try {
      const reservation = await methods.getReservation({ id });
      this.#show(reservation);
      if (!isFinal(reservation)) this.#planRead(pollMs);
    } catch (error) {
      this.#show(undefined, error);
      if (!isHoldfastError(error, "not_found")) this.#planRead(retryMs);
    }
  }
}
