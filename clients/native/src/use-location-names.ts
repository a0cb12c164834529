import { useHoldfast } from "@holdfast/sdk/react";
import { useEffect, useState } from "react";

/** Returns location names by id. A location without a name is shown by its id, as before the names are loaded. */
export function useLocationNames(): ReadonlyMap<string, string> {
  const holdfast = useHoldfast();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const abort = new AbortController();
    holdfast.listLocations({ limit: 100 }, abort).then(
      ({ items }) => setNames(new Map(items.map(({ id, name }) => [id, name]))),
      () => undefined,
    );
    return () => abort.abort();
  }, [holdfast]);
  return names;
}
