// Runs in its own process: node queues-and-buckets-process.ts <port> [folder for its data; without it, data is in memory]
import { existsSync } from "node:fs";
import { type ListenOptions, Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startFauxqs } from "fauxqs";

// fauxqs 2.4.1 listens on every interface and names queues by http://sqs.<region>.localhost, which few machines
// resolve and which SDK clients follow. A stored queue keeps the port of its creation. fauxqs has no options for these.
const engineHost = "127.0.0.1";
const [port = "", dataDir] = process.argv.slice(2);

const listen = Server.prototype.listen as (this: Server, options: ListenOptions, ...rest: unknown[]) => Server;
Server.prototype.listen = function (this: Server, options: ListenOptions, ...rest: unknown[]) {
  return listen.call(this, { ...options, host: engineHost }, ...rest);
} as typeof Server.prototype.listen;

const { SqsStore } = (await import(new URL("sqs/sqsStore.js", import.meta.resolve("fauxqs")).href)) as {
  SqsStore: { prototype: { buildQueueUrl(name: string): string } };
};
const accountUrl = `http://${engineHost}:${port}/000000000000`;
SqsStore.prototype.buildQueueUrl = (name) => `${accountUrl}/${name}`;
if (dataDir !== undefined) moveQueues(join(dataDir, "fauxqs.db"));

const server = await startFauxqs({
  port: Number(port),
  logger: false,
  ...(dataDir === undefined ? {} : { dataDir }),
});
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));

function moveQueues(file: string): void {
  if (!existsSync(file)) return;
  const database = new DatabaseSync(file);
  const hasQueues = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqs_queues'").get() !== undefined;
  if (hasQueues) database.prepare("UPDATE sqs_queues SET url = ? || '/' || name").run(accountUrl);
  database.close();
}
