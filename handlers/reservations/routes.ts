import { ReservationId } from "../../contract/identifiers.ts";
import type { Refusal } from "../../contract/problem.ts";
import type { Reservation } from "../../contract/reservation.ts";
import type { Routes } from "../../contract/routes.ts";
import { hasScope } from "../../contract/scope.ts";
import { type LevelPlace, type Outcome, prepareHold, reservationNotFound } from "../inventory/index.ts";
import type { LevelsChanged } from "../runtime/cache/index.ts";
import {
  type Checks,
  type Log,
  type Meter,
  type Principal,
  type RouteHandlers,
  type RouteRequest,
  refuse,
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

/** Without `reservations:any` a token reaches the reservations of its own subject alone. */
const reachesAny = ({ scopes }: Principal): boolean => hasScope(scopes, "reservations:any");

type Hold = Pick<RouteRequest<Routes["holdReservation"]>, "body" | "principal">;

const ownerOf = ({ body, principal }: Hold): string => body.owner ?? principal.subject;

function ownerRefusal(hold: Hold): Refusal | undefined {
  if (ownerOf(hold) === hold.principal.subject || reachesAny(hold.principal)) return undefined;
  const requiredScope = "reservations:any";
  return {
    code: "forbidden",
    detail: `Holding for an owner other than the token's subject needs the scope ${requiredScope}.`,
    requiredScope,
  };
}

/** What a command's owner and lines rule out without looking at the table. */
export const reservationChecks: Checks<"reservations"> = {
  holdReservation: (request) => {
    const forbidden = ownerRefusal(request);
    if (forbidden) return forbidden;
    // The id stands in for the one that the store makes; no rule here looks at it.
    const id = request.body.id ?? ReservationId.parse("new");
    const prepared = prepareHold(id, { ...request.body, owner: ownerOf(request) });
    return "code" in prepared ? prepared : undefined;
  },
};

type Command = Pick<RouteRequest<Routes["confirmReservation"]>, "parameters" | "principal" | "ifMatch">;

const targetOf = ({ parameters, principal, ifMatch }: Command): ReservationTarget => ({
  id: parameters.id,
  ...(!reachesAny(principal) && { owner: principal.subject }),
  ...(ifMatch !== undefined && { expectedVersion: ifMatch }),
});

export function createReservationRoutes(ports: ReservationPorts): RouteHandlers<"reservations"> {
  const { store, setTimer } = ports;
  /** For commands that start or move a deadline. A replay may be of a request that died before it set the timer. */
  const timed = async (outcome: Outcome<Reservation>, requestId: string): Promise<Outcome<Reservation>> => {
    if (outcome.kind === "done") await setTimer(outcome.value, requestId);
    return outcome;
  };

  /** For commands that move levels, so that the client reads what it has just done. */
  const moved = async (outcome: Outcome<Reservation>): Promise<Outcome<Reservation>> => {
    if (outcome.kind === "done") await ports.levelsChanged(placesOf(outcome.value));
    return outcome;
  };

  return {
    holdReservation: async (request) => {
      const { context, body } = request;
      const command = { ...body, owner: ownerOf(request) };
      const held = await moved(await store.hold(context, command));
      const outcome = await timed(held, context.requestId);
      if (outcome.kind === "refused") {
        const { ttlSeconds: _, strategy: __, ...asked } = command;
        await ports.announceRefusal(context, asked, outcome.refusal);
        return outcome;
      }
      if (!outcome.replayed) ports.meter.count("ReservationsHeld");
      // Its id is in no line yet: only now does the request's have a reservation.
      ports.log.info("held", { correlation_id: context.requestId, reservation: outcome.value.id });
      return { status: 201, body: outcome.value, etag: tagOf(outcome.value), replayed: outcome.replayed };
    },
    payReservation: async (request) => {
      const { context, body } = request;
      return answerOf(await timed(await store.pay(context, targetOf(request), body), context.requestId));
    },
    failPayment: async (request) => {
      const { context } = request;
      return answerOf(await timed(await moved(await store.failPayment(context, targetOf(request))), context.requestId));
    },
    extendReservation: async (request) => {
      const { context, body } = request;
      return answerOf(await timed(await store.extend(context, targetOf(request), body), context.requestId));
    },
    confirmReservation: async (request) => answerOf(await store.confirm(request.context, targetOf(request))),
    releaseReservation: async (request) =>
      answerOf(await moved(await store.release(request.context, targetOf(request), request.body))),
    fulfilReservation: async (request) =>
      answerOf(await moved(await store.fulfil(request.context, targetOf(request), request.body))),
    getReservation: async ({ parameters: { id }, principal }) => {
      const reservation = await store.read(id);
      const reached = reservation && (reachesAny(principal) || reservation.owner === principal.subject);
      if (!reached) return refuse(reservationNotFound(id));
      return { status: 200, body: reservation, etag: tagOf(reservation) };
    },
    listReservations: async ({ query: { owner, status, limit, cursor }, principal }) => {
      const listed = owner ?? principal.subject;
      if (listed !== principal.subject && !reachesAny(principal)) {
        return { status: 200, body: { items: [], nextCursor: null } };
      }
      const page = await store.listByOwner(listed, { limit, ...(status && { status }), ...(cursor && { cursor }) });
      return { status: 200, body: { items: [...page.items], nextCursor: page.nextCursor } };
    },
  };
}

const placesOf = ({ lines }: Reservation): LevelPlace[] =>
  lines.flatMap(({ sku, allocations }) => allocations.map(({ location }) => ({ sku, location })));

const tagOf = (reservation: Reservation): string => versionTag(reservation.version);

function answerOf(outcome: Outcome<Reservation>) {
  if (outcome.kind === "refused") return outcome;
  const { value, replayed } = outcome;
  return { status: 200 as const, body: value, etag: tagOf(value), replayed };
}
