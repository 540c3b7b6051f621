import { logger } from '#lib/observability/logger.ts';

/** Listeners of one kind of news; one that throws is logged and hurts nobody else. */
export class Listeners<T> {
  #listeners = new Set<(news: T) => void>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  add(listener: (news: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(news: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (error) {
        logger.error({ err: error, news: this.#name }, 'listener_failed');
      }
    }
  }
}
