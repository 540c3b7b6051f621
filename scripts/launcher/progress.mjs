// What the operator sees while the launcher works.

const TTY = process.stdout.isTTY === true && process.env.TERM !== 'dumb';
const COLOUR = TTY && !process.env.NO_COLOR;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Without a terminal a sign of life is a new line; a build log should not be full of them. */
const SIGN_OF_LIFE_MS = 15_000;

/** @param {string} code */
const paint = (code) => (/** @type {string} */ text) =>
  COLOUR ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');
export const yellow = paint('33');
export const cyan = paint('36');

/** @param {number} since a `performance.now()` */
export function elapsed(since) {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Prints what went wrong and what to do, and ends the process with code 1.
 * @param {string} message
 * @param {string} advice
 * @returns {never}
 */
export function fail(message, advice) {
  console.error(`\n${red('✗')} ${message}\n${advice ? `  ${advice}\n` : ''}`);
  process.exit(1);
}

/**
 * Runs one step of the work, showing its name, a spinner on a terminal, and the time it took.
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} work `note` shows what is being done now
 * @param {(result: T) => string} [summary] said behind the title at the end
 * @returns {Promise<T>}
 */
export async function step(title, work, summary) {
  const start = performance.now();
  let detail = '';
  let frame = 0;
  const line = () => {
    const width = (process.stdout.columns ?? 80) - title.length - 16;
    const note = detail.length > width ? `${detail.slice(0, Math.max(0, width - 1))}…` : detail;
    return `${cyan(FRAMES[frame % FRAMES.length] ?? '')} ${title} ${dim(`${elapsed(start)} ${note}`)}`;
  };
  if (!TTY) console.log(`… ${title}`);
  const timer = setInterval(
    () => {
      if (TTY) {
        frame += 1;
        process.stdout.write(`\r\u001b[2K${line()}`);
      } else console.log(`… ${title}: ${elapsed(start)}${detail ? `, ${detail}` : ''}`);
    },
    TTY ? 100 : SIGN_OF_LIFE_MS,
  );
  try {
    const result = await work((text) => {
      detail = text.trim();
    });
    const said = summary?.(result);
    console.log(
      `${TTY ? '\r\u001b[2K' : ''}${green('✓')} ${title} ${dim(said ? `${said}, ${elapsed(start)}` : elapsed(start))}`,
    );
    return result;
  } catch (error) {
    console.log(`${TTY ? '\r\u001b[2K' : ''}${red('✗')} ${title} ${dim(elapsed(start))}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
