import { Alert, Button, Card, Center, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { ConsoleConfig } from "../config.ts";
import { Brand } from "../shell/brand.tsx";
import { startSignIn } from "./session.ts";

export function Welcome({ config }: { readonly config: ConsoleConfig }) {
  const [error, setError] = useState<string>();
  const [isLeaving, setIsLeaving] = useState(false);
  const leave = () => {
    setIsLeaving(true);
    startSignIn(config).catch((cause: unknown) => {
      setIsLeaving(false);
      setError(cause instanceof Error ? cause.message : String(cause));
    });
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder padding="xl" maw={420} w="100%" className="surface">
        <Stack>
          <Brand />
          <Title order={1} size="h2">
            Stock you can promise
          </Title>
          <Text c="dimmed">Live levels at every location, reservations that expire, and a ledger of each change.</Text>
          {error !== undefined && (
            <Alert color="red" role="alert" title="Sign-in did not start">
              {error}
            </Alert>
          )}
          <Button size="md" onClick={leave} loading={isLeaving}>
            Sign in
          </Button>
        </Stack>
      </Card>
    </Center>
  );
}
