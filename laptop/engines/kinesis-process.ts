// Runs in its own process: node kinesis-process.ts <port> [folder for its data; without it, data is in memory]
import kinesalite from "kinesalite";

const [port, path] = process.argv.slice(2);
const changeMs = 20;

const server = kinesalite({
  ...(path === undefined ? {} : { path }),
  createStreamMs: changeMs,
  deleteStreamMs: changeMs,
  updateStreamMs: changeMs,
  shardLimit: 100,
});
server.listen(Number(port), "127.0.0.1");
process.once("SIGTERM", () => server.close(() => process.exit(0)));
