/** Where the desk is and which channel the page wants. */
export interface Site {
  /** Origin of the desk, without a trailing slash. */
  desk: string;
  /** The channel's public key. */
  key: string;
  /** `data-locale`, if the page fixes one. */
  locale: string | null;
}

/** Reads the tag that runs now, or (module loaders, tag managers) the one that names our file. */
export function readScriptTag(doc: Document): Site | null {
  const running = doc.currentScript as HTMLScriptElement | null;
  const tag = running?.dataset?.key
    ? running
    : doc.querySelector<HTMLScriptElement>('script[data-key][src*="/widget/loader.js"]');
  const key = tag?.dataset.key;
  if (!tag || !key) return null;
  return { desk: new URL(tag.src).origin, key, locale: tag.dataset.locale ?? null };
}
