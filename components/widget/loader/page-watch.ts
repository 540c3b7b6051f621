/** What the panel tells the agent about the page. */
export interface Page {
  url: string;
  title: string;
}

/** The address without its fragment's secrets stays as it is; only the length is bounded (LIMITS). */
export const pageNow = (): Page => ({
  url: location.href.slice(0, 2048),
  title: document.title.slice(0, 300),
});

/**
 * Calls back after each page view of a single-page app.
 * `pushState` and `replaceState` fire no event, so they are wrapped; the page's own wrapper, if it
 * comes later, calls ours.
 * @returns stops watching; a method somebody wrapped meanwhile is left alone
 */
export function watchPages(onPage: (page: Page) => void): () => void {
  let seen = location.href;
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    // Routers set the title after the address.
    timer = window.setTimeout(() => {
      if (location.href === seen) return;
      seen = location.href;
      onPage(pageNow());
    }, 250);
  };
  const undo = (['pushState', 'replaceState'] as const).map((name) => {
    const original = history[name];
    const wrapped: typeof original = function (this: History, ...args) {
      original.apply(this, args);
      look();
    };
    history[name] = wrapped;
    return () => {
      if (history[name] === wrapped) history[name] = original;
    };
  });
  addEventListener('popstate', look);
  return () => {
    clearTimeout(timer);
    for (const restore of undo) restore();
    removeEventListener('popstate', look);
  };
}
