import { createRoot } from "react-dom/client";
import { App, type AppConfig } from "../src/app.tsx";

/** Reports whether there is a network. Browsers do not report its kind. */
function network(tell: (network: string | undefined) => void): () => void {
  const say = () => tell(navigator.onLine ? "network" : undefined);
  say();
  window.addEventListener("online", say);
  window.addEventListener("offline", say);
  return () => {
    window.removeEventListener("online", say);
    window.removeEventListener("offline", say);
  };
}

const response = await fetch("config.json");
const config = (await response.json()) as AppConfig;
createRoot(document.getElementById("root") ?? document.body).render(<App config={config} network={network} />);
