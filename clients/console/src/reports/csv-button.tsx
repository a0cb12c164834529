import type { Report } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Icon } from "../shell/icons.tsx";
import { ProblemAlert } from "../shell/problem-alert.tsx";

/** Downloads all rows of the report as a file. */
export function CsvButton({ name, query }: { readonly name: Report["name"]; readonly query: object }) {
  const holdfast = useHoldfast();
  const download = useMutation({
    mutationFn: async () => {
      // With `format: "csv"` the answer is text.
      const { body } = await holdfast.call("getReport", { name, ...query, format: "csv" });
      const url = URL.createObjectURL(new Blob([String(body)], { type: "text/csv" }));
      Object.assign(document.createElement("a"), { href: url, download: `${name}.csv` }).click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        onClick={() => download.mutate()}
        loading={download.isPending}
      >
        CSV
      </Button>
      <ProblemAlert error={download.error} />
    </>
  );
}
