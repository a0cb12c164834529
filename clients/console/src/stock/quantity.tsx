import { formatQuantity } from "../format.ts";

/** Lights up for a moment whenever its number changes: a new key makes a new element, whose animation starts. */
export function Quantity({ value }: { readonly value: number | undefined }) {
  if (value === undefined) return <span className="number">–</span>;
  return (
    <span key={value} className="number changed">
      {formatQuantity(value)}
    </span>
  );
}
