import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useLocations } from "../queries.ts";
import type { Period } from "./period.ts";

export interface ReportFilter {
  readonly location?: string | undefined;
  readonly sku?: string | undefined;
  readonly period: Period;
}

const lastDays = [1, 7, 30, 90, 365] as const;
const periods = [
  ...lastDays.map((dayCount) => ({
    value: String(dayCount),
    label: dayCount === 1 ? "Today" : dayCount === 365 ? "Last year" : `Last ${dayCount} days`,
  })),
  { value: "all", label: "All time" },
  { value: "days", label: "From … to …" },
];

export function ReportFilters(props: {
  readonly filter: ReportFilter;
  readonly onChange: (filter: ReportFilter) => void;
}) {
  const { filter, onChange } = props;
  const locations = useLocations();
  const [sku, setSku] = useState(filter.sku ?? "");
  const takeSku = () => onChange({ ...filter, sku: sku.trim() || undefined });
  return (
    <>
      <Select
        label="Period"
        w={150}
        allowDeselect={false}
        data={periods}
        value={choiceOf(filter.period)}
        onChange={(choice) => onChange({ ...filter, period: periodOf(choice) })}
      />
      {filter.period.kind === "days" && (
        <Days days={filter.period} onChange={(period) => onChange({ ...filter, period })} />
      )}
      <Select
        label="Location"
        placeholder="All"
        clearable
        clearButtonProps={{ "aria-label": "All locations" }}
        w={150}
        data={locations.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.location ?? null}
        onChange={(location) => onChange({ ...filter, location: location ?? undefined })}
      />
      <TextInput
        label="SKU"
        placeholder="All"
        w={150}
        value={sku}
        onChange={(event) => setSku(event.currentTarget.value)}
        onBlur={takeSku}
        onKeyDown={(event) => event.key === "Enter" && takeSku()}
      />
    </>
  );
}

type Days = Extract<Period, { readonly kind: "days" }>;

function Days({ days, onChange }: { readonly days: Days; readonly onChange: (days: Days) => void }) {
  const day = (label: string, name: "first" | "last") => (
    <TextInput
      label={label}
      type="date"
      w={150}
      value={days[name]}
      onChange={({ currentTarget: { value } }) => onChange({ ...days, [name]: value })}
    />
  );
  return (
    <>
      {day("From", "first")}
      {day("To", "last")}
    </>
  );
}

const choiceOf = (period: Period): string => (period.kind === "last" ? String(period.dayCount) : period.kind);

function periodOf(choice: string | null): Period {
  if (choice === "all" || choice === null) return { kind: "all" };
  if (choice === "days") return { kind: "days", first: "", last: "" };
  return { kind: "last", dayCount: Number(choice) };
}
