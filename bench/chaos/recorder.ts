import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { ClientRecord, Histories, History, NemesisRecord } from './history.ts';

type Omitted<R> = R extends unknown ? Omit<R, 'at' | 'client' | 'life'> : never;
export type Note = Omitted<ClientRecord>;

/** Where one client writes its history. */
export interface Journal {
  write(note: Note): void;
  /** The page is loaded anew. */
  nextLife(): void;
}

export interface Recorder {
  /** ms since the run began */
  now(): number;
  open(client: string): Journal;
  nemesis(record: NemesisRecord): void;
  histories(): Histories;
  close(): Promise<void>;
}

/** Keeps every record in memory for the checker, and as JSON lines in `folder` for people. */
export function createRecorder(folder: string, seed: number): Recorder {
  mkdirSync(folder, { recursive: true });
  const began = performance.now();
  const now = () => Math.round(performance.now() - began);
  const clients: History[] = [];
  const nemesis: NemesisRecord[] = [];
  const files: WriteStream[] = [];
  const file = (name: string) => {
    const stream = createWriteStream(join(folder, `${name}.jsonl`));
    files.push(stream);
    return (record: unknown) => stream.write(`${JSON.stringify(record)}\n`);
  };
  const writeNemesis = file('nemesis');

  return {
    now,
    open(client) {
      const records: ClientRecord[] = [];
      clients.push({ client, records });
      const write = file(client);
      let life = 1;
      return {
        write(note) {
          const record = { at: now(), client, life, ...note } as ClientRecord;
          records.push(record);
          write(record);
        },
        nextLife() {
          life += 1;
        },
      };
    },
    nemesis(record) {
      nemesis.push(record);
      writeNemesis(record);
    },
    histories: () => ({ seed, clients, nemesis }),
    async close() {
      await Promise.all(
        files.map((stream) => new Promise<void>((resolve) => stream.end(() => resolve()))),
      );
    },
  };
}
