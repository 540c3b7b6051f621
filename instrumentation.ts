/** Next calls it once, before the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { watchWeb } = await import('#lib/observability/web-figures.ts');
  watchWeb();
}
