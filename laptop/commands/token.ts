import { existsSync } from "node:fs";
import { rememberedPorts } from "../daemon/ports.ts";
import { issuerUrl, signAccessToken } from "../issuer/access-token.ts";
import { signingKey } from "../issuer/keys.ts";
import { defineCommand, exitCodes, UsageError } from "./command.ts";
import { folderHelp, folderOption, pathsOf, projectName } from "./project.ts";

export const token = defineCommand({
  summary: "print an access token of the issuer that up starts, valid for 12 hours",
  help: [
    '--scopes "A B"      scopes of the token (default: admin)',
    "--subject NAME      subject of the token (default: laptop)",
    "--client NAME       client of the token (default: laptop)",
    "--audience NAME     audience of the token (default: the name in package.json)",
    folderHelp,
  ],
  options: {
    ...folderOption,
    scopes: { type: "string", default: "admin" },
    subject: { type: "string", default: "laptop" },
    client: { type: "string", default: "laptop" },
    audience: { type: "string" },
  },
  run: async ({ folder, scopes, subject, client, audience = projectName() }) => {
    const scope = scopes.split(/\s+/).filter(Boolean).join(" ");
    if (scope === "") throw new UsageError("--scopes is empty; name at least one, such as admin");
    if (subject === "") throw new UsageError("--subject is empty");
    const paths = pathsOf(folder);
    const port = rememberedPorts(paths).issuer;
    if (port === undefined || !existsSync(paths.keys)) {
      throw new Error(`there is no issuer in ${paths.root} yet: it is made by the first up`);
    }
    const key = await signingKey(paths.keys);
    console.log(await signAccessToken(key, { issuer: issuerUrl(port), audience, subject, client, scope }));
    return exitCodes.ok;
  },
});
