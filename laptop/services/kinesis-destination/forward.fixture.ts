import { openServiceState } from "../state.ts";
import { systemTimers } from "../timers.ts";
import { createKinesisDestinations } from "./kinesis-destination.ts";

/** A process that forwards one table's changes until it is killed. */
const [folder = "", dynamodb = "", kinesis = "", tableName = "", streamArn = ""] = process.argv.slice(2);
const endpoints = { dynamodb, kinesis, sqs: "", sns: "", s3: "" };
const state = openServiceState({ folder, storage: "disk" });
const destinations = createKinesisDestinations({
  region: "eu-west-1",
  accountId: "000000000000",
  endpoints,
  folder,
  storage: "disk",
  timers: systemTimers,
  log: ({ line }) => console.error(line),
  state,
});
await destinations.createKinesisDestination({ tableName, streamArn });
