import { type AliasedRawBuilder, sql } from "kysely";

interface SqlTypes {
  readonly bigint: number;
  readonly int8multirange: string;
  readonly integer: number;
  readonly jsonb: unknown;
  readonly text: string;
  readonly timestamptz: string;
}

export type Columns = Readonly<Record<string, { readonly type: keyof SqlTypes; readonly nullable?: true }>>;

/** A row of a statement parameter. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: SqlTypes[C[Name]["type"]] | (C[Name] extends { nullable: true } ? null : never);
};

export const namesOf = <C extends Columns>(columns: C): (keyof C & string)[] => Object.keys(columns);

/**
 * Returns a table expression of any number of rows in one jsonb parameter. So the text of a statement is the same for
 * every batch size, and the limit of 65,535 parameters does not apply.
 */
export function recordSet<C extends Columns>(
  columns: C,
  rows: readonly RowOf<C>[],
): AliasedRawBuilder<RowOf<C>, "record"> {
  const list = sql.join(Object.entries(columns).map(([name, { type }]) => sql`${sql.ref(name)} ${sql.raw(type)}`));
  return sql<RowOf<C>>`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`.as<"record">(sql`record(${list})`);
}
