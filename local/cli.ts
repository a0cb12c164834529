import { parseArgs } from "node:util";
import { type Command, EXIT, UsageError } from "./laptop/commands/command.ts";
import { down } from "./laptop/commands/down.ts";
import { logs } from "./laptop/commands/logs.ts";
import { reset } from "./laptop/commands/reset.ts";
import { status } from "./laptop/commands/status.ts";
import { token } from "./laptop/commands/token.ts";
import { up } from "./laptop/commands/up.ts";
import { explain } from "./laptop/explain.ts";

const commands: Readonly<Record<string, Command>> = { up, down, reset, status, logs, token };

process.exitCode = await main(process.argv.slice(2));

async function main([name = "", ...rest]: readonly string[]): Promise<number> {
  if (["--help", "-h", "help"].includes(name)) {
    console.log(overview());
    return EXIT.ok;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`${name === "" ? "a command is missing" : `"${name}" is no command`}\n\n${overview()}`);
    return EXIT.usage;
  }
  try {
    const { values } = parseArgs({
      args: rest,
      options: { ...command.options, help: { type: "boolean", short: "h" } },
    });
    if (values.help) {
      console.log(usage(name, command));
      return EXIT.ok;
    }
    return await command.run(values);
  } catch (error) {
    if (!isUsageError(error)) {
      console.error(`${name} failed: ${explain(error)}`);
      return EXIT.failed;
    }
    console.error(`${error.message}\n\n${usage(name, command)}`);
    return EXIT.usage;
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function usage(name: string, command: Command): string {
  return [`node local/cli.ts ${name}: ${command.summary}`, ...command.help.map((line) => `  ${line}`)].join("\n");
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`);
  return [
    "usage: node local/cli.ts <command> [options]",
    ...lines,
    "each takes --help; exit codes: 0 done, 1 failed, 2 typed wrongly",
  ].join("\n");
}
