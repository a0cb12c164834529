import { Card } from "@mantine/core";
import { PageTitle } from "../shell/page-title.tsx";
import { MovementForm } from "../stock/movement-form.tsx";

export function MovementsPage() {
  return (
    <>
      <PageTitle title="Movements" about="Book what happened: all lines apply, or none." />
      <Card withBorder maw={760} className="surface">
        <MovementForm />
      </Card>
    </>
  );
}
