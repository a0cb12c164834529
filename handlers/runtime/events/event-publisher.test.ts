import type { PutEventsRequestEntry, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../contract/event.ts";
import { createEventPublisher } from "./event-publisher.ts";

/** An event with only the fields that the bus reads. */
const event = (version: number, padding = 0): Event =>
  ({
    source: "holdfast.inventory",
    "detail-type": "ItemChanged",
    detail: { version, occurredAt: "2026-03-01T10:00:00.000Z", actor: "x".repeat(padding) },
  }) as Event;

function openBus(answer: (entries: PutEventsRequestEntry[], call: number) => PutEventsResultEntry[]) {
  const calls: number[][] = [];
  const refused: string[] = [];
  const bus = createEventPublisher({
    busName: "shop",
    putEvents: async (entries) => {
      calls.push(entries.map(({ Detail }) => JSON.parse(Detail ?? "").version));
      return answer(entries, calls.length);
    },
    wait: async () => {},
    random: () => 0.5,
    onRefused: (reasons) => refused.push(...reasons),
  });
  return { bus, calls, refused };
}
const taken = (entries: PutEventsRequestEntry[]) => entries.map((_, index) => ({ EventId: `id-${index}` }));
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("createEventPublisher", () => {
  it("sends ten events per call, and fewer when they are large", async () => {
    const { bus, calls } = openBus(taken);
    expect(await bus.publish(range(12).map((version) => event(version)))).toEqual([]);
    expect(calls.map((versions) => versions.length)).toEqual([10, 2]);
    await bus.publish(range(3).map((version) => event(version, 100_000)));
    expect(calls.slice(2).map((versions) => versions.length)).toEqual([2, 1]);
  });

  it("retries only refused events, and returns those that are still refused", async () => {
    const { bus, calls, refused } = openBus((entries, call) =>
      entries.map(({ Detail = "" }) => {
        const { version } = JSON.parse(Detail);
        if (version === 3 || (version === 2 && call === 1)) return { ErrorCode: "ThrottlingException" };
        return { EventId: "id" };
      }),
    );
    const events = range(4).map((version) => event(version));
    expect(await bus.publish(events)).toEqual([events[2]]);
    expect(calls).toEqual([[1, 2, 3, 4], [2, 3], [3]]);
    expect(refused).toHaveLength(4);
  });

  it("returns all events when the bus cannot be reached", async () => {
    const { bus, calls } = openBus(() => {
      throw new Error("unreachable");
    });
    const events = [event(1), event(2)];
    expect(await bus.publish(events)).toEqual(events);
    expect(calls).toHaveLength(3);
  });
});
