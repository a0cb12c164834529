// Runs `up` with the test's own cloud: node up.fixture.ts <options as JSON>
import { DaemonOptions } from "../daemon/messages.ts";
import { bringUp } from "./up.ts";

process.exitCode = await bringUp(DaemonOptions.parse(JSON.parse(process.argv[2] ?? "")));
