import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { openPublisher } from "../../test/support/published-events.ts";

const at = "2026-03-01T10:00:00.000Z";
const item = (version: number, fields: object = {}) => ({
  pk: "ITEM#MUG",
  sk: "HEAD",
  type: "item",
  sku: "MUG",
  name: "Mug",
  description: "",
  attributes: {},
  barcodes: [],
  status: "active",
  createdAt: at,
  updatedAt: at,
  version,
  revision: version,
  requestId: `request-${version}`,
  actor: "ada",
  ...fields,
});

let sequence = 0;
function record(images: { before?: object; after?: object }, fields: object = {}) {
  sequence += 1;
  const { before, after } = images;
  return {
    eventID: `event-${sequence}`,
    eventName: before ? (after ? "MODIFY" : "REMOVE") : "INSERT",
    dynamodb: {
      SequenceNumber: String(sequence),
      ...(before && { OldImage: marshall(before) }),
      ...(after && { NewImage: marshall(after) }),
    },
    ...fields,
  };
}
const numberOf = (made: ReturnType<typeof record>) => made.dynamodb.SequenceNumber;

describe("publisher", () => {
  it("publishes a change with its actor and the states before and after", async () => {
    const { handler, published, log, meter } = openPublisher();
    await handler({ Records: [record({ before: item(1), after: item(2, { name: "Red mug" }) })] });
    expect(log.lines).toMatchObject([{ message: "events published", fields: { correlation_ids: ["request-2"] } }]);
    expect(meter).toMatchObject({ counts: { EventsPublished: 1 }, measured: [{ name: "FeedLag" }] });
    const shown = { sku: "MUG", description: "", attributes: {}, barcodes: [], status: "active" };
    expect(published).toEqual([
      {
        source: "holdfast.inventory",
        "detail-type": "ItemChanged",
        detail: {
          id: "ItemChanged/item/MUG/2",
          subject: "item/MUG",
          version: 2,
          occurredAt: at,
          before: { ...shown, name: "Mug", createdAt: at, updatedAt: at, version: 1 },
          after: { ...shown, name: "Red mug", createdAt: at, updatedAt: at, version: 2 },
          cause: { type: "request", id: "request-2" },
          actor: "ada",
          correlationId: "request-2",
        },
      },
    ]);
  });

  it("publishes no event for the archiving mark, which clients cannot see", async () => {
    const { handler, published } = openPublisher();
    const marked = item(1, { status: "archiving", archiving: { attempt: "a", markedAtMs: 1 }, revision: 2 });
    const archived = item(2, { status: "archived", revision: 3 });
    await handler({
      Records: [record({ before: item(1), after: marked }), record({ before: marked, after: archived })],
    });
    expect(published.map(({ detail }) => [detail.before, detail.after])).toEqual([
      [expect.objectContaining({ status: "active" }), expect.objectContaining({ status: "archived" })],
    ]);
  });

  it("publishes no event for a removal by time to live, in both forms", async () => {
    const { handler, published, quarantined } = openPublisher();
    const byService = record(
      { before: item(1) },
      { userIdentity: { principalId: "dynamodb.amazonaws.com", type: "Service" } },
    );
    const past = record({ before: item(1, { ttl: 1_000 }) });
    Object.assign(past.dynamodb, { ApproximateCreationDateTime: 2_000 });
    expect(await handler({ Records: [byService, past] })).toEqual({ batchItemFailures: [] });
    expect([published, quarantined]).toEqual([[], []]);
  });

  it("quarantines whole wrong records and publishes the others", async () => {
    const { handler, published, quarantined, meter } = openPublisher();
    const wrong = [record({ before: item(1) }), record({ after: { ...item(1), version: "one" } })];
    const right = record({ after: item(1) });
    expect(await handler({ Records: [...wrong, right] })).toEqual({ batchItemFailures: [] });
    expect(published).toHaveLength(1);
    expect(meter.counts).toEqual({ RecordsQuarantined: 2, EventsPublished: 1 });
    expect(quarantined).toEqual(
      wrong.map((made) => ({ name: numberOf(made), reason: expect.any(String), record: made })),
    );
  });

  it("returns the records whose events the bus did not accept", async () => {
    const { handler, published } = openPublisher(({ detail }) => detail.version === 2);
    const records = [1, 2, 3].map((version) => record({ after: item(version) }));
    const failed = records.slice(1, 2).map((made) => ({ itemIdentifier: numberOf(made) }));
    expect(await handler({ Records: records })).toEqual({ batchItemFailures: failed });
    expect(published.map(({ detail }) => detail.version)).toEqual([1, 3]);
  });
});
