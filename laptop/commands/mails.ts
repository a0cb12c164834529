import { z } from "zod";
import { readEndpoints } from "../daemon/endpoints.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { folderHelp, folderOption, pathsOf } from "./project.ts";

const Mails = z.array(
  z.object({ at: z.string(), to: z.array(z.string()), subject: z.string(), text: z.string().optional() }),
);

export const mails = defineCommand({
  summary: "print the mails that functions sent, the newest last",
  help: [folderHelp],
  options: folderOption,
  run: async ({ folder }) => {
    const endpoint = readEndpoints(pathsOf(folder))?.aws.sesv2;
    if (endpoint === undefined) {
      console.log("it does not run");
      return exitCodes.failed;
    }
    const sent = Mails.parse(await (await fetch(`${endpoint}/mails`)).json());
    for (const { at, to, subject, text = "" } of sent) {
      console.log(`${at}  to ${to.join(", ")}\n  ${subject}\n${text.replaceAll(/^/gm, "    ")}\n`);
    }
    console.log(`${sent.length} ${sent.length === 1 ? "mail was" : "mails were"} sent`);
    return exitCodes.ok;
  },
});
