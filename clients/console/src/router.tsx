import { createHashHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { CataloguePage } from "./pages/catalogue.tsx";
import { ItemPage } from "./pages/item.tsx";
import { MovementsPage } from "./pages/movements.tsx";
import { OperationsPage } from "./pages/operations.tsx";
import { ReportsPage } from "./pages/reports.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Shell });
const catalogue = createRoute({ getParentRoute: () => root, path: "/", component: CataloguePage });
const item = createRoute({
  getParentRoute: () => root,
  path: "/items/$sku",
  component: function ItemRoute() {
    const { sku } = item.useParams();
    return <ItemPage key={sku} sku={sku} />;
  },
});
const movements = createRoute({ getParentRoute: () => root, path: "/movements", component: MovementsPage });
const reports = createRoute({
  getParentRoute: () => root,
  path: "/reports",
  validateSearch: (search: Record<string, unknown>): { name?: string } =>
    typeof search.name === "string" ? { name: search.name } : {},
  component: function ReportsRoute() {
    const { name } = reports.useSearch();
    return <ReportsPage name={name} />;
  },
});
const operations = createRoute({ getParentRoute: () => root, path: "/operations", component: OperationsPage });

/** Creates a router that puts the page's path behind the #, so that any static file server can serve the console. */
export function createConsoleRouter() {
  return createRouter({
    routeTree: root.addChildren([catalogue, item, movements, reports, operations]),
    history: createHashHistory(),
    defaultPreload: "intent",
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
