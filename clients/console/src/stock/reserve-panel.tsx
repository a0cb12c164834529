import { isHoldfastError } from "@holdfast/sdk";
import { useHoldfast, useReservation } from "@holdfast/sdk/react";
import {
  Badge,
  Button,
  Card,
  Group,
  NumberInput,
  RingProgress,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatCountdown } from "../format.ts";
import { useLocations } from "../queries.ts";
import { ProblemAlert } from "../shell/problem-alert.tsx";

const holdSeconds = 300;

export function ReservePanel({ sku }: { readonly sku: string }) {
  const holdfast = useHoldfast();
  const locations = useLocations();
  const [quantity, setQuantity] = useState<number | string>(1);
  const [location, setLocation] = useState<string | null>(null);
  const hold = useMutation({
    mutationFn: () => {
      const line = { sku, quantity: Number(quantity), location: location ?? undefined };
      return holdfast.holdReservation({ body: { ttlSeconds: holdSeconds, channel: "console", lines: [line] } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hold.mutate();
  };
  return (
    <Card withBorder className="surface">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Reserve
        </Title>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <SimpleGrid cols={2}>
              <NumberInput
                label="Quantity"
                min={1}
                allowDecimal={false}
                value={quantity}
                onChange={setQuantity}
                required
              />
              <Select
                label="Location"
                placeholder="By priority"
                clearable
                clearButtonProps={{ "aria-label": "Any location" }}
                data={locations.map(({ id, name }) => ({ value: id, label: name }))}
                value={location}
                onChange={setLocation}
              />
            </SimpleGrid>
            <Button type="submit" loading={hold.isPending} fullWidth>
              Reserve for 5 minutes
            </Button>
          </Stack>
        </form>
        <ProblemAlert error={hold.error} />
        {hold.data !== undefined && <HeldReservation key={hold.data.id} id={hold.data.id} />}
      </Stack>
    </Card>
  );
}

const colors: Partial<Record<string, string>> = { HELD: "tide.8", CONFIRMED: "teal.9", EXPIRED: "red.9" };

function HeldReservation({ id }: { readonly id: string }) {
  const { reservation, secondsLeft, error, take } = useReservation(id);
  const step = useMutation({
    mutationFn: async (name: "confirmReservation" | "releaseReservation" | "extendReservation") =>
      name === "extendReservation" ? take(name, { ttlSeconds: holdSeconds }) : take(name, {}),
  });
  if (reservation === undefined) return <ProblemAlert error={error} />;
  const { status, lines } = reservation;
  const isOpen = status === "HELD";
  const places = lines.flatMap(({ allocations }) => allocations.map((each) => `${each.quantity} at ${each.location}`));
  return (
    <Card withBorder padding="sm" bg="transparent" role="group" aria-label="Your reservation">
      <Group wrap="nowrap" gap="sm">
        {secondsLeft !== undefined && <Countdown secondsLeft={secondsLeft} />}
        <Stack gap={4} style={{ flex: 1 }}>
          <Group gap="xs">
            <Badge color={colors[status] ?? "gray.7"} variant="filled" data-testid="status">
              {status}
            </Badge>
            <Text size="sm" fw={600}>
              {places.join(", ")}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" className="code" style={{ overflowWrap: "anywhere" }}>
            {id}
          </Text>
        </Stack>
      </Group>
      <Group gap="xs" mt="sm" grow>
        {isOpen && (
          <Button size="xs" onClick={() => step.mutate("confirmReservation")} disabled={step.isPending}>
            Confirm
          </Button>
        )}
        {isOpen && (
          <Button
            size="xs"
            variant="default"
            onClick={() => step.mutate("extendReservation")}
            disabled={step.isPending}
          >
            Renew
          </Button>
        )}
        {(isOpen || status === "CONFIRMED") && (
          <Button
            size="xs"
            variant="default"
            onClick={() => step.mutate("releaseReservation")}
            disabled={step.isPending}
          >
            Release
          </Button>
        )}
      </Group>
      <ProblemAlert error={step.error ?? (isHoldfastError(error, "network") ? undefined : error)} />
    </Card>
  );
}

function Countdown({ secondsLeft }: { readonly secondsLeft: number }) {
  const share = Math.min(100, (100 * secondsLeft) / holdSeconds);
  return (
    <RingProgress
      size={76}
      thickness={6}
      roundCaps
      sections={[{ value: share, color: secondsLeft < 30 ? "red" : "var(--console-available)" }]}
      label={
        <Text ta="center" size="sm" fw={700} className="number" role="timer" aria-label="Time left">
          {formatCountdown(secondsLeft)}
        </Text>
      }
    />
  );
}
