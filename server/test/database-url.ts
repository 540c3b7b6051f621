/** The migrated database that test databases are cloned from. */
export const TEMPLATE_DATABASE = 'parlour_template';

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
