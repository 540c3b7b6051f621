export interface TogetherOptions {
  /** Questions in one statement. */
  most?: number;
  /** Statements under way. */
  atOnce?: number;
  /** From the start of one statement to that of the next; who comes later than that waits for nothing. ms */
  gapMs?: number;
}

interface Asked<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * Puts questions that come while others are being answered into one statement. One that comes alone is
 * asked at once; after an outage thousands come together, and a statement for each would cost more than
 * what it finds. With a gap also those share one who come in a stream so quick that hardly two of them
 * wait at a time.
 * @param ask answers in the order of the questions; when it fails, all of them fail
 */
export function together<Q, A>(
  ask: (questions: readonly Q[]) => Promise<readonly A[]>,
  { most = 100, atOnce = 2, gapMs = 0 }: TogetherOptions = {},
): (question: Q) => Promise<A> {
  let waiting: Asked<Q, A>[] = [];
  let underWay = 0;
  let begun = Number.NEGATIVE_INFINITY;
  let waitsForGap = false;

  const answer = async (batch: readonly Asked<Q, A>[]): Promise<void> => {
    try {
      const answers = await ask(batch.map(({ question }) => question));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as A);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const proceed = () => {
    while (underWay < atOnce && waiting.length > 0) {
      const leftMs = begun + gapMs - performance.now();
      if (leftMs > 0 && waiting.length < most) {
        if (waitsForGap) return;
        waitsForGap = true;
        setTimeout(() => {
          waitsForGap = false;
          proceed();
        }, leftMs);
        return;
      }
      begun = performance.now();
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      underWay += 1;
      void answer(batch).finally(() => {
        underWay -= 1;
        proceed();
      });
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      proceed();
    });
}
