import { type Item, isHoldfastError, type Location } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

const itemsShownMax = 100;

/** Returns the active locations by priority. */
export function useLocations(): readonly Location[] {
  const holdfast = useHoldfast();
  const { data } = useQuery({
    queryKey: ["locations"],
    queryFn: async () => (await holdfast.listLocations({ limit: 100, status: "active" })).items,
    staleTime: 60_000,
  });
  return (data ?? []).toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

export interface FoundItems {
  readonly items: readonly Item[];
  /** Whether more items exist than are shown. */
  readonly isCut: boolean;
}

/** Finds items by the service's search. If the service refuses to search, it filters the first page of items. */
export function useItems(search: string) {
  const holdfast = useHoldfast();
  return useQuery({
    queryKey: ["items", search],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<FoundItems> => {
      const page = { limit: itemsShownMax, status: "active" } as const;
      const list = (input: object) => holdfast.listItems({ ...page, ...input }, { signal });
      if (search === "") {
        const { items, nextCursor } = await list({});
        return { items, isCut: nextCursor !== null };
      }
      try {
        const { items, nextCursor } = await list({ search });
        return { items, isCut: nextCursor !== null };
      } catch (error) {
        if (!isHoldfastError(error, "validation_failed")) throw error;
        const { items, nextCursor } = await list({});
        return { items: items.filter((item) => fits(item, search)), isCut: nextCursor !== null };
      }
    },
  });
}

function fits({ sku, name, description, barcodes }: Item, search: string): boolean {
  const wanted = search.toLowerCase();
  return [sku, name, description, ...barcodes].some((text) => text.toLowerCase().includes(wanted));
}
