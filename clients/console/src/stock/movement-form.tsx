import { type AnswerOf, type MovementCommand, movementCommands } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import {
  ActionIcon,
  Alert,
  Autocomplete,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatQuantity } from "../format.ts";
import { useItems, useLocations } from "../queries.ts";
import { Icon } from "../shell/icons.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";

type Kind = MovementCommand["kind"];
const kinds = Object.keys(movementCommands) as readonly Kind[];

/** The minimum of the quantity field by rule. The service refuses a 0 that the kind does not allow. */
const leastQuantity: Readonly<Record<(typeof movementCommands)[Kind]["quantity"], number | undefined>> = {
  positive: 1,
  signed: undefined,
  counted: 0,
};

interface Line {
  readonly key: string;
  readonly sku: string;
  readonly location: string | null;
  readonly quantity: number | string;
}

const emptyLine = (sku: string): Line => ({ key: crypto.randomUUID(), sku, location: null, quantity: "" });

/** A form for one command with one or more lines. Either all lines apply or none. */
export function MovementForm({ sku }: { readonly sku?: string }) {
  const holdfast = useHoldfast();
  const [kind, setKind] = useState<Kind>("receive");
  const [reason, setReason] = useState("");
  const [lines, setLines] = useState<readonly Line[]>([emptyLine(sku ?? "")]);
  const make = useMutation({
    mutationFn: () =>
      holdfast.makeMovements({
        body: {
          kind,
          reason: reason === "" ? undefined : reason,
          lines: lines.map((line) => ({
            sku: line.sku,
            location: line.location ?? "",
            quantity: Number(line.quantity),
          })),
        },
      }),
    onSuccess: () => setLines((now) => now.map((line) => ({ ...line, quantity: "" }))),
  });
  const change = (key: string, changed: Partial<Line>) =>
    setLines((now) => now.map((line) => (line.key === key ? { ...line, ...changed } : line)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <KindField value={kind} onChange={setKind} />
        {lines.map((line) => (
          <LineFields
            key={line.key}
            line={line}
            kind={kind}
            hasFixedSku={sku !== undefined}
            onChange={(changed) => change(line.key, changed)}
            onRemove={lines.length > 1 ? () => setLines((now) => now.filter(({ key }) => key !== line.key)) : undefined}
          />
        ))}
        {sku === undefined && (
          <Button variant="default" size="xs" onClick={() => setLines((now) => [...now, emptyLine("")])}>
            Add a line
          </Button>
        )}
        <TextInput
          label="Reason"
          placeholder="Optional"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" loading={make.isPending}>
          Book
        </Button>
        <ProblemAlert error={make.error} />
        {make.data !== undefined && make.error === null && <BookedAlert movements={make.data.movements} />}
      </Stack>
    </form>
  );
}

function KindField({ value, onChange }: { readonly value: Kind; readonly onChange: (kind: Kind) => void }) {
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label="Kind"
        value={value}
        onChange={(chosen) => onChange(chosen as Kind)}
        data={kinds.map((kind) => ({ value: kind, label: movementCommands[kind].label }))}
      />
      <Text size="sm" c="dimmed">
        {movementCommands[value].hint}
      </Text>
    </>
  );
}

function BookedAlert({ movements }: { readonly movements: AnswerOf<"makeMovements">["movements"] }) {
  return (
    <Alert color="teal" role="status" title="Booked">
      {movements.map(({ id, sku, location, level }) => (
        <Text size="sm" key={id}>
          {sku} at {location}: {formatQuantity(level.onHand)} on hand, {formatQuantity(level.available)} available
        </Text>
      ))}
    </Alert>
  );
}

function LineFields(props: {
  readonly line: Line;
  readonly kind: Kind;
  readonly hasFixedSku: boolean;
  readonly onChange: (changed: Partial<Line>) => void;
  readonly onRemove: (() => void) | undefined;
}) {
  const { line, kind, onChange, onRemove } = props;
  const locations = useLocations();
  return (
    <Group align="flex-end" gap="xs">
      {!props.hasFixedSku && <SkuField value={line.sku} onChange={(sku) => onChange({ sku })} />}
      <Select
        label="Location"
        placeholder="Choose"
        required
        style={{ flex: "2 1 140px" }}
        data={locations.map(({ id, name }) => ({ value: id, label: name }))}
        value={line.location}
        onChange={(location) => onChange({ location })}
      />
      <NumberInput
        label="Quantity"
        required
        allowDecimal={false}
        min={leastQuantity[movementCommands[kind].quantity]}
        style={{ flex: "1 1 90px" }}
        value={line.quantity}
        onChange={(quantity) => onChange({ quantity })}
      />
      {onRemove !== undefined && (
        <ActionIcon variant="default" size="lg" aria-label="Remove this line" onClick={onRemove}>
          <Icon name="remove" size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}

function SkuField({ value, onChange }: { readonly value: string; readonly onChange: (sku: string) => void }) {
  const { data } = useItems("");
  return (
    <Autocomplete
      label="Item"
      placeholder="SKU"
      required
      limit={8}
      style={{ flex: "2 1 180px" }}
      data={(data?.items ?? []).map(({ sku }) => sku)}
      value={value}
      onChange={onChange}
    />
  );
}
