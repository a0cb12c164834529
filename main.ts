import { App } from "cdktf";
import { chosenEnvironments } from "./config/environments.ts";
import { Foundation, functions, Service } from "./modules/index.ts";
import { bundleFunctions } from "./tools/bundle.ts";
import { buildConsole } from "./tools/console-site.ts";

// CDKTF's own checks would run `terraform version` each time. Terraform reports the same problems itself.
const app = new App({ skipValidation: true });
const bundles = await bundleFunctions(functions);
const console = await buildConsole();

for (const environment of chosenEnvironments(process.env.HOLDFAST_ENVIRONMENT)) {
  const foundation = new Foundation(app, `${environment.name}-foundation`, environment);
  new Service(app, `${environment.name}-service`, { environment, foundation, bundles, console });
}

app.synth();
