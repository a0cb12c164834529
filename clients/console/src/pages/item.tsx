import { quantities, type StockLevel } from "@holdfast/sdk";
import { useHoldfast, useStock } from "@holdfast/sdk/react";
import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PageTitle } from "../shell/page-title.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";
import { LedgerCard } from "../stock/ledger.tsx";
import { LevelsTable } from "../stock/levels-table.tsx";
import { LiveBadge } from "../stock/live-badge.tsx";
import { MovementForm } from "../stock/movement-form.tsx";
import { Quantity } from "../stock/quantity.tsx";
import { ReservePanel } from "../stock/reserve-panel.tsx";

export function ItemPage({ sku }: { readonly sku: string }) {
  const holdfast = useHoldfast();
  const item = useQuery({ queryKey: ["item", sku], queryFn: () => holdfast.getItem({ sku }) });
  const stock = useStock(sku);
  if (item.error) return <ProblemAlert error={item.error} />;
  return (
    <>
      <Anchor component={Link} to="/" size="sm" c="inherit" underline="always">
        Catalogue
      </Anchor>
      <PageTitle
        title={item.data?.name ?? sku}
        about={<About sku={sku} description={item.data?.description} barcodes={item.data?.barcodes} />}
        aside={<LiveBadge state={stock.state} />}
      />
      {stock.state === "failed" && <ProblemAlert error={stock.error} />}
      <Totals levels={stock.levels} />
      <div className="item-grid">
        <Card withBorder className="surface" style={{ gridArea: "levels" }}>
          <Title order={2} size="h4" mb="xs">
            Stock by location
          </Title>
          <LevelsTable levels={stock.levels} />
        </Card>
        <Stack style={{ gridArea: "actions" }}>
          <ReservePanel sku={sku} />
          <Card withBorder className="surface">
            <Title order={2} size="h4" mb="sm">
              Book a movement
            </Title>
            <MovementForm sku={sku} />
          </Card>
        </Stack>
        <div style={{ gridArea: "ledger" }}>
          <LedgerCard levels={stock.levels} />
        </div>
      </div>
    </>
  );
}

function About(props: {
  readonly sku: string;
  readonly description: string | undefined;
  readonly barcodes: readonly string[] | undefined;
}) {
  return (
    <Group gap="xs">
      <span className="code">{props.sku}</span>
      {props.barcodes?.map((barcode) => (
        <Badge key={barcode} variant="default" size="sm" className="code">
          {barcode}
        </Badge>
      ))}
      {props.description !== undefined && props.description !== "" && <span>{props.description}</span>}
    </Group>
  );
}

const tiles = [
  { name: "available", label: "Available" },
  { name: "onHand", label: quantities.onHand.label },
  { name: "reserved", label: quantities.reserved.label },
  { name: "incoming", label: quantities.incoming.label },
] as const;

/** Returns a total over the levels; undefined before the first level arrives. */
function totalOf(levels: readonly StockLevel[], name: (typeof tiles)[number]["name"]): number | undefined {
  return levels.length === 0 ? undefined : levels.reduce((sum, level) => sum + (level[name] ?? 0), 0);
}

function Totals({ levels }: { readonly levels: readonly StockLevel[] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      {tiles.map(({ name, label }) => (
        <Card key={name} withBorder padding="sm" className="surface" data-total={name}>
          <Text size="xs" c="dimmed" fw={600}>
            {label}
          </Text>
          <Text fz={28} fw={700} lh={1.2}>
            <Quantity value={totalOf(levels, name)} />
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}
