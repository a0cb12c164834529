import { ReservationId } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import {
  type Act,
  type CommandContext,
  deadlineOf,
  done,
  type Outcome,
  prepareHold,
  type RecordedAnswer,
  reservationAt,
} from "../inventory/index.ts";
import { runCommand } from "./command-runner.ts";
import { Existence } from "./existence.ts";
import { holdCommand } from "./hold-command.ts";
import type { SendPorts } from "./plan-sender.ts";
import type { StorePorts } from "./ports.ts";
import { listByOwner, listDue } from "./reservation-lists.ts";
import type { ReservationStore, ReservationTarget } from "./store.ts";
import { createTableReader, type TableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";
import { readReservation, transitionCommand } from "./transition-command.ts";

/** Creates the reservation store on DynamoDB. Each command is one transaction over the reservation and its levels. */
export function createReservationStore(storePorts: StorePorts): ReservationStore {
  const ports: SendPorts = { ...storePorts, existence: new Existence(storePorts) };
  const table = ports.tables.inventory;
  const reader = (): TableReader => createTableReader(ports, startDeadline(ports, ports.clock()));

  const transition = async (context: CommandContext, target: ReservationTarget, act: Act) =>
    answeredReservation(await runCommand(ports, context, transitionCommand(table, { ...target, act })));

  return {
    async hold(context, command) {
      const request = prepareHold(command.id ?? ReservationId.parse(ports.ids()), command);
      if (request.kind === "refused") return request;
      return answeredReservation(await runCommand(ports, context, holdCommand(ports, request.value)));
    },
    pay: (context, target, command) => transition(context, target, { kind: "pay", command }),
    failPayment: (context, target) => transition(context, target, { kind: "failPayment" }),
    confirm: (context, target) => transition(context, target, { kind: "confirm" }),
    extend: (context, target, command) => transition(context, target, { kind: "extend", command }),
    release: (context, target, command) => transition(context, target, { kind: "release", command }),
    fulfil: (context, target, command) => transition(context, target, { kind: "fulfil", command }),

    async expire(context, id) {
      const expired = await runCommand(ports, context, transitionCommand(table, { id, act: { kind: "expire" } }));
      if (expired.kind === "refused" && expired.refusal.code !== "not_found") {
        throw new Error(`reservation ${id} was not expired: ${expired.refusal.code}: ${expired.refusal.detail}`);
      }
      if (expired.kind === "done" && expired.value?.type === "reservation") {
        return { kind: "expired", reservation: expired.value.reservation };
      }
      const current = await readReservation(reader(), table, id);
      return { kind: "not_due", dueAt: (current && deadlineOf(current)) ?? null };
    },

    async read(id) {
      const reservation = await readReservation(reader(), table, id);
      return reservation && reservationAt(reservation, ports.clock());
    },
    listByOwner: (owner, options) => listByOwner(reader(), { table, owner, nowMs: ports.clock(), ...options }),
    listDue: (minute, shard, untilMs) => listDue(reader(), { table, minute, shard, untilMs }),
  };
}

/** Returns the recorded reservation. Every command has one, except an expiry that has nothing to do. */
function answeredReservation(outcome: Outcome<RecordedAnswer | undefined>): Outcome<Reservation> {
  if (outcome.kind === "refused") return outcome;
  const { value, replayed } = outcome;
  if (value?.type !== "reservation") throw new Error(`a reservation was answered with ${value?.type ?? "nothing"}`);
  return done(value.reservation, replayed);
}
