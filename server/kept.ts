/** Several scrapers, and a dashboard's reloads, cost one look. */
const LOOK_EVERY_MS = 5_000;

/** The last answer for 5 s; a failure is not kept. */
export function kept<T>(look: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let asked = 0;
  return () => {
    const now = performance.now();
    if (!answer || now - asked > LOOK_EVERY_MS) {
      asked = now;
      answer = look();
      answer.catch(() => {
        answer = undefined;
      });
    }
    return answer;
  };
}
