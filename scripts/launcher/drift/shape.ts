/** A column as both sides can state it. `type` is PostgreSQL's format_type(), without `[]`. */
export type Column = {
  type: string;
  list: boolean;
  nullable: boolean;
  default: string | undefined;
};

export type ForeignKey = {
  columns: string[];
  table: string;
  references: string[];
  onDelete: string;
};

export type Table = {
  columns: Map<string, Column>;
  primaryKey: string[];
  /** Column lists, in order; partial and expression indexes are left out. */
  uniques: string[][];
  indexes: string[][];
  foreignKeys: ForeignKey[];
};

export type Shape = { tables: Map<string, Table>; enums: Map<string, string[]> };

export const emptyTable = (): Table => ({
  columns: new Map(),
  primaryKey: [],
  uniques: [],
  indexes: [],
  foreignKeys: [],
});
