import { Redis } from "ioredis";
import { describeEngine } from "./engine.conformance.ts";
import { startRedis } from "./redis.ts";

describeEngine("startRedis", {
  start: startRedis,
  write: (endpoint) => withClient(endpoint, async (client) => void (await client.set("kept", "one"))),
  read: (endpoint) => withClient(endpoint, (client) => client.get("kept")),
  expected: "one",
});

async function withClient<Answer>(endpoint: string, use: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(endpoint, { lazyConnect: true });
  try {
    await client.connect();
    return await use(client);
  } finally {
    client.disconnect();
  }
}
