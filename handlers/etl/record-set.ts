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

/** A row as it goes into a statement. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: SqlTypes[C[Name]["type"]] | (C[Name] extends { nullable: true } ? null : never);
};

export const namesOf = <C extends Columns>(columns: C): (keyof C & string)[] => Object.keys(columns);

/**
 * Any number of rows as one jsonb parameter, so that a batch is one statement whose text is always the same:
 * no limit of 65,535 parameters, and nothing to plan anew.
 */
export function recordSet<C extends Columns>(
  columns: C,
  rows: readonly RowOf<C>[],
): AliasedRawBuilder<RowOf<C>, "record"> {
  const list = sql.join(Object.entries(columns).map(([name, { type }]) => sql`${sql.ref(name)} ${sql.raw(type)}`));
  return sql<RowOf<C>>`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`.as<"record">(sql`record(${list})`);
}
