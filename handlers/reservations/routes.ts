import { ReservationId } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import type { Routes } from "../../contract/routes.ts";
import { hasScope } from "../../contract/scope.ts";
import {
  type CommandContext,
  done,
  forbidden,
  type LevelPlace,
  type Outcome,
  prepareHold,
  type Refused,
  reservationNotFound,
} from "../inventory/index.ts";
import type { LevelsChanged } from "../runtime/cache/index.ts";
import {
  type Checks,
  type Log,
  type Meter,
  type Principal,
  type RouteHandlers,
  type RouteRequest,
  versionTag,
} from "../runtime/index.ts";
import type { ReservationStore, ReservationTarget } from "../store/index.ts";
import type { AnnounceRefusal } from "./refusal-event.ts";
import type { SetTimer } from "./timer.ts";

export interface ReservationPorts {
  readonly store: ReservationStore;
  readonly setTimer: SetTimer;
  readonly levelsChanged: LevelsChanged;
  readonly announceRefusal: AnnounceRefusal;
  readonly log: Log;
  readonly meter: Meter;
}

/** Returns whether a token may use reservations of any owner. Without `reservations:any` it may use only its own. */
const reachesAny = ({ scopes }: Principal): boolean => hasScope(scopes, "reservations:any");

type Hold = Pick<RouteRequest<Routes["holdReservation"]>, "body" | "principal">;

const ownerOf = ({ body, principal }: Hold): string => body.owner ?? principal.subject;

function ownerRefusal(hold: Hold): Refused | undefined {
  if (ownerOf(hold) === hold.principal.subject || reachesAny(hold.principal)) return undefined;
  return forbidden("reservations:any", "Holding for an owner other than the token's subject");
}

/** Checks of a hold's owner and lines that need no table. */
export const reservationChecks: Checks<"reservations"> = {
  holdReservation: (request) => {
    const refusal = ownerRefusal(request);
    if (refusal) return refusal;
    // A placeholder for the id that the store makes later; no check here uses it.
    const id = request.body.id ?? ReservationId.parse("new");
    const prepared = prepareHold(id, { ...request.body, owner: ownerOf(request) });
    return prepared.kind === "refused" ? prepared : undefined;
  },
};

type Command = Pick<RouteRequest<Routes["confirmReservation"]>, "parameters" | "principal" | "ifMatch">;

const targetOf = ({ parameters, principal, ifMatch }: Command): ReservationTarget => ({
  id: parameters.id,
  ...(!reachesAny(principal) && { owner: principal.subject }),
  ...(ifMatch !== undefined && { expectedVersion: ifMatch }),
});

export function createReservationRoutes(ports: ReservationPorts): RouteHandlers<"reservations"> {
  const { store } = ports;
  return {
    holdReservation: holdReservation(ports),
    payReservation: async (request) => {
      const paying = await store.pay(request.context, targetOf(request), request.body);
      await setTimer(ports, paying, request.context);
      return answerOf(paying);
    },
    failPayment: async (request) => {
      const failed = await store.failPayment(request.context, targetOf(request));
      await markLevels(ports, failed);
      await setTimer(ports, failed, request.context);
      return answerOf(failed);
    },
    extendReservation: async (request) => {
      const extended = await store.extend(request.context, targetOf(request), request.body);
      await setTimer(ports, extended, request.context);
      return answerOf(extended);
    },
    confirmReservation: async (request) => answerOf(await store.confirm(request.context, targetOf(request))),
    releaseReservation: async (request) => {
      const released = await store.release(request.context, targetOf(request), request.body);
      await markLevels(ports, released);
      return answerOf(released);
    },
    fulfilReservation: async (request) => {
      const fulfilled = await store.fulfil(request.context, targetOf(request), request.body);
      await markLevels(ports, fulfilled);
      return answerOf(fulfilled);
    },
    getReservation: async ({ parameters: { id }, principal }) => {
      const reservation = await store.read(id);
      const reached = reservation && (reachesAny(principal) || reservation.owner === principal.subject);
      return reached ? done({ status: 200, body: reservation, etag: tagOf(reservation) }) : reservationNotFound(id);
    },
    listReservations: async ({ query: { owner, status, limit, cursor }, principal }) => {
      const listed = owner ?? principal.subject;
      if (listed !== principal.subject && !reachesAny(principal)) {
        return done({ status: 200, body: { items: [], nextCursor: null } });
      }
      const page = await store.listByOwner(listed, { limit, status, cursor });
      if (page.kind === "refused") return page;
      const { items, nextCursor } = page.value;
      return done({ status: 200, body: { items: [...items], nextCursor } });
    },
  };
}

const holdReservation = (ports: ReservationPorts) => async (request: RouteRequest<Routes["holdReservation"]>) => {
  const { context, body } = request;
  const command = { ...body, owner: ownerOf(request) };
  const held = await ports.store.hold(context, command);
  if (held.kind === "refused") {
    const { ttlSeconds: _, strategy: __, ...asked } = command;
    await ports.announceRefusal(context, asked, held.refusal);
    return held;
  }
  await markLevels(ports, held);
  await setTimer(ports, held, context);
  if (!held.replayed) ports.meter.count("ReservationsHeld");
  // The store may have made the id, so this is the first line of the log that can contain it.
  ports.log.info("held", { correlation_id: context.requestId, reservation: held.value.id });
  return done({ status: 201 as const, body: held.value, etag: tagOf(held.value) }, held.replayed);
};

/**
 * Sets the timer after a command that starts or moves a deadline. A replay sets it too: the function may have died in
 * the first request before it set the timer.
 */
async function setTimer(ports: ReservationPorts, outcome: Outcome<Reservation>, { requestId }: CommandContext) {
  if (outcome.kind === "done") await ports.setTimer(outcome.value, requestId);
}

/** Marks the levels that a command changed, so that the client's next read shows the change. */
async function markLevels(ports: ReservationPorts, outcome: Outcome<Reservation>) {
  if (outcome.kind === "done") await ports.levelsChanged(placesOf(outcome.value));
}

const placesOf = ({ lines }: Reservation): LevelPlace[] =>
  lines.flatMap(({ sku, allocations }) => allocations.map(({ location }) => ({ sku, location })));

const tagOf = (reservation: Reservation): string => versionTag(reservation.version);

function answerOf(outcome: Outcome<Reservation>) {
  if (outcome.kind === "refused") return outcome;
  const { value, replayed } = outcome;
  return done({ status: 200 as const, body: value, etag: tagOf(value) }, replayed);
}
