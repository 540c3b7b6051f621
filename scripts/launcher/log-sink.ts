import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dim, red, yellow } from './progress.mjs';

const FILE_LIMIT = 20 * 1024 * 1024;
const KEPT_LINES = 200;

export type LogSink = {
  file: string;
  write: (chunk: Buffer) => void;
  tail: (lines: number) => string;
};

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A line of ours, short, or undefined when it is below `least` or not one of ours. */
export function renderLine(line: string, least: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    // A line cut by a crash: it is in the file.
    return undefined;
  }
  const level = String(entry.level);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return undefined;
  const time = typeof entry.time === 'string' ? entry.time.slice(11, 19) : '';
  const paint = level === 'warn' ? yellow : LEVELS.indexOf(level) > 3 ? red : dim;
  const err = entry.err as { message?: string } | undefined;
  return `${dim(time)} ${paint(level)} ${entry.process ?? ''} ${entry.msg ?? ''}${err?.message ? `: ${err.message}` : ''}`;
}

/**
 * Takes what a child prints: all of it into `<dataDir>/logs/<name>.log`; to a terminal only what
 * needs attention, to anything else (a container's log) every line as it is. A file that reaches
 * `limit` bytes becomes `<name>.log.1`.
 */
export function createLogSink(
  dataDir: string,
  name: string,
  show: 'attention' | 'all' | 'nothing',
  limit = FILE_LIMIT,
): LogSink {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  const open = () => createWriteStream(file, { flags: 'a', mode: 0o600 });
  let size = existsSync(file) ? statSync(file).size : 0;
  let stream = open();
  const store = (chunk: Buffer) => {
    if (size + chunk.length > limit && existsSync(file)) {
      // What the old stream still holds goes where its open file went.
      stream.end();
      renameSync(file, `${file}.1`);
      stream = open();
      size = 0;
    }
    stream.write(chunk);
    size += chunk.length;
  };
  let recent: string[] = [];
  let partial = '';
  const take = (line: string) => {
    recent.push(line);
    if (recent.length > KEPT_LINES * 2) recent = recent.slice(-KEPT_LINES);
    if (show === 'all') process.stdout.write(`${line}\n`);
    if (show === 'attention') {
      const shown = renderLine(line, 'warn');
      if (shown) process.stdout.write(`${shown}\n`);
    }
  };
  return {
    file,
    write: (chunk) => {
      store(chunk);
      const lines = (partial + chunk.toString('utf8')).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) take(line);
    },
    tail: (lines) => [...recent, partial].filter(Boolean).slice(-lines).join('\n'),
  };
}
