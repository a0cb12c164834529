import { bindUnmetered } from "../runtime/index.ts";
import { tokenPorts } from "../runtime/tokens/token-ports.ts";
import { createAuthorizer } from "./authorize.ts";
import { Environment } from "./environment.ts";

const binding = bindUnmetered(Environment);

export const handler = createAuthorizer({ ...binding.ports, ...tokenPorts(binding) });
