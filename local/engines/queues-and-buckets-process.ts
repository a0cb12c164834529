// Runs in a process of its own: node queues-and-buckets-process.ts <port> [folder for its data; in memory without]
import { type ListenOptions, Server } from "node:net";
import { startFauxqs } from "fauxqs";

const [port, dataDir] = process.argv.slice(2);

// fauxqs 2.4.1 listens on every interface and has no option for it; this process has no other server.
const listen = Server.prototype.listen as (this: Server, options: ListenOptions, ...rest: unknown[]) => Server;
Server.prototype.listen = function (this: Server, options: ListenOptions, ...rest: unknown[]) {
  return listen.call(this, { ...options, host: "127.0.0.1" }, ...rest);
} as typeof Server.prototype.listen;

const server = await startFauxqs({
  port: Number(port),
  logger: false,
  ...(dataDir === undefined ? {} : { dataDir }),
});
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
