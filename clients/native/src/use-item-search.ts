import type { Item } from "@holdfast/sdk";
import { useHoldfast } from "@holdfast/sdk/react";
import { useCallback, useEffect, useState } from "react";

const typingMs = 200;
/** More items do not fit on a phone. The user can type another letter. */
const itemsShownMax = 20;

export interface ItemSearch {
  /** The items of the last answer, also while the next search runs. */
  readonly items: readonly Item[];
  /** Whether more items exist than are shown. */
  readonly isCut: boolean;
  readonly isSearching: boolean;
  readonly error: unknown;
}

/** Finds active items by SKU, name, description or barcode. Without a text it returns the first items of all. */
export function useItemSearch(typed: string): ItemSearch & { readonly tryAgain: () => void } {
  const holdfast = useHoldfast();
  const text = typed.trim();
  const [attempt, setAttempt] = useState(0);
  const [search, setSearch] = useState<ItemSearch>({ items: [], isCut: false, isSearching: true, error: undefined });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt sends the same request again.
  useEffect(() => {
    const abort = new AbortController();
    const page = { limit: itemsShownMax, status: "active" } as const;
    const find = async () => {
      try {
        const { items, nextCursor } = await holdfast.listItems(text === "" ? page : { ...page, search: text }, abort);
        if (!abort.signal.aborted) {
          setSearch({ items, isCut: nextCursor !== null, isSearching: false, error: undefined });
        }
      } catch (error) {
        if (!abort.signal.aborted) setSearch({ items: [], isCut: false, isSearching: false, error });
      }
    };
    setSearch((last) => ({ ...last, isSearching: true }));
    const timer = setTimeout(() => void find(), text === "" ? 0 : typingMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [holdfast, text, attempt]);

  return { ...search, tryAgain: useCallback(() => setAttempt((count) => count + 1), []) };
}
