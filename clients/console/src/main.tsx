import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./console.css";
import { createHoldfast, isHoldfastError } from "@holdfast/sdk";
import { HoldfastProvider } from "@holdfast/sdk/react";
import { Alert, Container, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { type ConsoleConfig, loadConfig } from "./config.ts";
import { ConsoleContext } from "./console-context.ts";
import { createConsoleRouter } from "./router.tsx";
import { currentSession, endSession, finishSignIn } from "./sign-in/session.ts";
import { Welcome } from "./sign-in/welcome.tsx";
import { cssVariables, theme } from "./theme.ts";

const root = createRoot(document.getElementById("root") ?? document.body);

try {
  const config = await loadConfig();
  await finishSignIn(config);
  const session = currentSession();
  show(session === undefined ? <Welcome config={config} /> : signedIn(config, session.subject));
} catch (error) {
  show(
    <Container component="main" size="sm" py="xl">
      <Alert color="red" title="The console cannot start" role="alert">
        {error instanceof Error ? error.message : String(error)}
      </Alert>
    </Container>,
  );
}

function signedIn(config: ConsoleConfig, subject: string): ReactNode {
  const leave = () => {
    endSession();
    location.reload();
  };
  const client = createHoldfast({
    api: config.api,
    websocket: config.websocket,
    token: (refused) => {
      const token = currentSession()?.token;
      // A refused token cannot be renewed here. The user must sign in again.
      if (token === undefined || token === refused) leave();
      return token;
    },
  });
  window.addEventListener("online", () => client.wake());
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // The SDK has already retried its own errors.
        retry: (count, error) => !isHoldfastError(error) && count < 2,
      },
    },
  });
  return (
    <HoldfastProvider client={client}>
      <QueryClientProvider client={queries}>
        <ConsoleContext value={{ config, subject, leave }}>
          <RouterProvider router={createConsoleRouter()} />
        </ConsoleContext>
      </QueryClientProvider>
    </HoldfastProvider>
  );
}

function show(page: ReactNode): void {
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        {page}
      </MantineProvider>
    </StrictMode>,
  );
}
