import { useState } from "react";
import { formatQuantity } from "../format.ts";

/** Shows a number and highlights each change briefly: a new key makes a new element, which starts the animation. */
export function Quantity({ value }: { readonly value: number | undefined }) {
  const [shown, setShown] = useState({ value, changeCount: 0 });
  if (shown.value !== value) {
    setShown({ value, changeCount: shown.value === undefined ? 0 : shown.changeCount + 1 });
  }
  if (value === undefined) return <span className="number">–</span>;
  return (
    <span key={shown.changeCount} className={shown.changeCount > 0 ? "number changed" : "number"}>
      {formatQuantity(value)}
    </span>
  );
}
