import { App } from "cdktf";
import { chosenEnvironments } from "./config/environments.ts";
import { Foundation, functionSources, Service } from "./modules/index.ts";
import { bundleFunctions } from "./tools/bundle.ts";
import { buildConsole } from "./tools/console-site.ts";

const app = new App();
const bundles = await bundleFunctions(functionSources);
const console = await buildConsole();

for (const environment of chosenEnvironments(process.env.HOLDFAST_ENVIRONMENT)) {
  const foundation = new Foundation(app, `${environment.name}-foundation`, environment);
  new Service(app, `${environment.name}-service`, { environment, foundation, bundles, console });
}

app.synth();
