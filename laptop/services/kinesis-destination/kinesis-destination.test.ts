import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineEndpoints } from "../context.ts";
import { createStream, createTable, engineEndpoints, readRecords } from "../engines.fixture.ts";
import { contextOf, eventually, temporaryFolder } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { createKinesisDestinations } from "./kinesis-destination.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Change = { eventName: string; eventID: string; dynamodb: { Keys: { pk: { S: string } } } };

async function start(options: { tableName: string; streamArn: string; folder?: string; kinesis?: string }) {
  const context = contextOf({
    endpoints: { ...endpoints, ...(options.kinesis ? { kinesis: options.kinesis } : {}) },
    storage: options.folder ? "disk" : "memory",
    ...(options.folder ? { folder: options.folder } : {}),
  });
  const state = openServiceState(context);
  const destinations = createKinesisDestinations({ ...context, state });
  const stop = async () => {
    await destinations.stop();
    state.close();
  };
  stops.push(stop);
  const { tableName, streamArn } = options;
  await destinations.createKinesisDestination({ tableName, streamArn });
  return {
    stop: async () => {
      stops.splice(stops.indexOf(stop), 1);
      await stop();
    },
  };
}

async function changes(streamArn: string): Promise<Change[]> {
  return (await readRecords(endpoints.kinesis, streamArn)).map(({ value }) => value as Change);
}

const keysOf = (found: Change[]) => found.map(({ dynamodb }) => dynamodb.Keys.pk.S);

/** A Kinesis that first refuses some records, or accepts records without an answer, and then works normally. */
async function faultyKinesis(fault: "refuses every second record" | "loses the answer", times: number) {
  let left = times;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isPut = request.headers["x-amz-target"] === "Kinesis_20131202.PutRecords";
    const faulty = isPut && left > 0;
    if (faulty) left -= 1;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { Records: unknown[] };
    const passed =
      faulty && fault.startsWith("refuses")
        ? { ...body, Records: body.Records.filter((_, index) => index % 2 === 0) }
        : body;
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !["host", "content-length", "connection"].includes(name)),
    );
    const answer = await fetch(endpoints.kinesis, {
      method: "POST",
      headers: headers as Record<string, string>,
      body: JSON.stringify(passed),
    });
    const text = await answer.text();
    if (faulty && fault === "loses the answer") return request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
    if (!faulty) return response.end(text);
    const taken = (JSON.parse(text) as { Records: unknown[] }).Records;
    const Records = body.Records.map((_, index) =>
      index % 2 === 0
        ? taken[index / 2]
        : { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "slow down" },
    );
    return response.end(JSON.stringify({ FailedRecordCount: Records.length - taken.length, Records }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, faultsLeft: () => left };
}

function forwardingProcess(folder: string, tableName: string, streamArn: string) {
  const script = fileURLToPath(new URL("./forward.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, endpoints.dynamodb, endpoints.kinesis, tableName, streamArn]);
  stops.push(async () => {
    child.kill("SIGKILL");
  });
  return child;
}

describe("createKinesisDestination", () => {
  it("writes each change in the format of Kinesis Data Streams for DynamoDB", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis);
    await start({ tableName: table.tableName, streamArn });
    await table.put({ pk: { S: "a" }, n: { N: "1" } });
    await table.put({ pk: { S: "a" }, n: { N: "2" } });
    await table.delete("a");
    await eventually(async () => expect(await changes(streamArn)).toHaveLength(3));
    const [insert, modify, remove] = await changes(streamArn);
    expect(modify).toEqual({
      awsRegion: "eu-west-1",
      eventID: expect.any(String),
      eventName: "MODIFY",
      userIdentity: null,
      recordFormat: "application/json",
      tableName: table.tableName,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        ApproximateCreationDateTimePrecision: "MILLISECOND",
        Keys: { pk: { S: "a" } },
        NewImage: { pk: { S: "a" }, n: { N: "2" } },
        OldImage: { pk: { S: "a" }, n: { N: "1" } },
        SizeBytes: expect.any(Number),
      },
      eventSource: "aws:dynamodb",
    });
    expect([insert?.eventName, remove?.eventName]).toEqual(["INSERT", "REMOVE"]);
    expect(insert?.dynamodb).not.toHaveProperty("OldImage");
    expect(remove?.dynamodb).not.toHaveProperty("NewImage");
  });

  it("keeps one item's changes in one shard, in order", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis, 4);
    await start({ tableName: table.tableName, streamArn });
    for (let n = 0; n < 5; n += 1)
      for (const pk of ["a", "b", "c"]) await table.put({ pk: { S: pk }, n: { N: String(n) } });
    await eventually(async () => expect(await readRecords(endpoints.kinesis, streamArn)).toHaveLength(15));
    const found = await readRecords(endpoints.kinesis, streamArn);
    for (const pk of ["a", "b", "c"]) {
      const own = found.filter(({ value }) => (value as Change).dynamodb.Keys.pk.S === pk);
      expect(new Set(own.map(({ shardId }) => shardId)).size).toBe(1);
      expect(
        own.map(({ value }) => (value as { dynamodb: { NewImage: { n: { N: string } } } }).dynamodb.NewImage.n.N),
      ).toEqual(["0", "1", "2", "3", "4"]);
    }
  });

  it("enables the stream of a table that has none", async () => {
    const table = await createTable(endpoints.dynamodb, { stream: false });
    const streamArn = await createStream(endpoints.kinesis);
    await start({ tableName: table.tableName, streamArn });
    await table.put({ pk: { S: "a" } });
    await eventually(async () => expect(keysOf(await changes(streamArn))).toEqual(["a"]));
  });

  it("puts only the refused records again", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis);
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    for (const pk of keys) await table.put({ pk: { S: pk } });
    const kinesis = await faultyKinesis("refuses every second record", 2);
    await start({ tableName: table.tableName, streamArn, kinesis: kinesis.endpoint });
    await eventually(async () => expect(keysOf(await changes(streamArn)).sort()).toEqual([...keys].sort()));
    expect(kinesis.faultsLeft()).toBe(0);
  });

  it("loses no record and repeats some (ended after Kinesis took the records, before its answer)", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis);
    const folder = temporaryFolder();
    const kinesis = await faultyKinesis("loses the answer", 1_000);
    const first = await start({ tableName: table.tableName, streamArn, folder, kinesis: kinesis.endpoint });
    await table.put({ pk: { S: "a" } });
    await eventually(async () => expect(keysOf(await changes(streamArn))).toContain("a"));
    await first.stop();
    const before = (await changes(streamArn)).length;
    await start({ tableName: table.tableName, streamArn, folder });
    await table.put({ pk: { S: "b" } });
    await eventually(async () => expect(keysOf(await changes(streamArn)).slice(before)).toEqual(["a", "b"]));
    expect(new Set((await changes(streamArn)).map(({ eventID }) => eventID)).size).toBe(2);
  });

  it("loses no record (process killed repeatedly while changes come)", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis);
    const folder = temporaryFolder();
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
    const writing = (async () => {
      for (const pk of keys) await table.put({ pk: { S: pk } });
    })();
    for (const arrived of [20, 90, 180]) {
      const child = forwardingProcess(folder, table.tableName, streamArn);
      await eventually(async () => expect((await changes(streamArn)).length).toBeGreaterThan(arrived));
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await writing;
    await start({ tableName: table.tableName, streamArn, folder });
    await eventually(async () => expect(new Set(keysOf(await changes(streamArn))).size).toBe(keys.length));
  });

  it("continues after a restart where it stopped", async () => {
    const table = await createTable(endpoints.dynamodb);
    const streamArn = await createStream(endpoints.kinesis);
    const folder = temporaryFolder();
    const first = await start({ tableName: table.tableName, streamArn, folder });
    await table.put({ pk: { S: "a" } });
    await eventually(async () => expect(keysOf(await changes(streamArn))).toEqual(["a"]));
    await first.stop();
    await table.put({ pk: { S: "b" } });
    await start({ tableName: table.tableName, streamArn, folder });
    await eventually(async () => expect(keysOf(await changes(streamArn))).toEqual(["a", "b"]));
  });
});
