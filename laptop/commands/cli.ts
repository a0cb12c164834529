import { parseArgs } from "node:util";
import { errorWithCauses } from "../error-with-causes.ts";
import { type Command, exitCodes, UsageError } from "./command.ts";

// Each command is loaded when it is used: `token` must not wait for the engines' modules.
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./up.ts")).up,
  apply: async () => (await import("./apply.ts")).apply,
  down: async () => (await import("./down.ts")).down,
  reset: async () => (await import("./reset.ts")).reset,
  status: async () => (await import("./status.ts")).status,
  logs: async () => (await import("./logs.ts")).logs,
  mails: async () => (await import("./mails.ts")).mails,
  token: async () => (await import("./token.ts")).token,
};

process.exitCode = await main(process.argv.slice(2));

async function main([name = "", ...rest]: readonly string[]): Promise<number> {
  if (["--help", "-h", "help"].includes(name)) {
    console.log(await overview());
    return exitCodes.ok;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    console.error(`${name === "" ? "a command is missing" : `"${name}" is no command`}\n\n${await overview()}`);
    return exitCodes.usage;
  }
  const command = await load();
  try {
    const { values } = parseArgs({
      args: rest,
      options: { ...command.options, help: { type: "boolean", short: "h" } },
    });
    if (values.help) {
      console.log(usage(name, command));
      return exitCodes.ok;
    }
    return await command.run(values);
  } catch (error) {
    if (!isUsageError(error)) {
      console.error(`${name} failed: ${errorWithCauses(error)}`);
      return exitCodes.failed;
    }
    console.error(`${error.message}\n\n${usage(name, command)}`);
    return exitCodes.usage;
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function usage(name: string, command: Command): string {
  return [`laptop-cloud ${name}: ${command.summary}`, ...command.help.map((line) => `  ${line}`)].join("\n");
}

async function overview(): Promise<string> {
  const lines = Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(8)}${(await load()).summary}`);
  return [
    "usage: laptop-cloud <command> [options]",
    ...(await Promise.all(lines)),
    "each command has --help; exit codes: 0 done, 1 failed, 2 wrong usage",
  ].join("\n");
}
