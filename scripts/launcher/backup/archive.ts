import { LaunchError } from '../launch-error.ts';

/**
 * A backup is a gzip stream of a magic line and frames of one letter, a length and a payload:
 * H header, then per table T (which), D (COPY text, many), E (rows), and Z at the very end, without
 * which a backup is incomplete.
 */
export type FrameKind = 'H' | 'T' | 'D' | 'E' | 'Z';
export type Frame = { kind: FrameKind; payload: Buffer };

const MAGIC = Buffer.from('PARLOUR BACKUP 1\n');
const HEAD_BYTES = 5;
/** COPY rows come in chunks far below this; a longer one means a damaged file. */
const LARGEST_FRAME = 256 * 1024 * 1024;

export const magic = (): Buffer => MAGIC;

export function frame(kind: FrameKind, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

export const jsonFrame = (kind: FrameKind, value: unknown): Buffer =>
  frame(kind, Buffer.from(JSON.stringify(value)));

const damaged = (why: string, cause?: unknown) =>
  new LaunchError(
    `The backup is damaged: ${why}.`,
    'Nothing was changed. Use another copy of the file.',
    { cause },
  );

/** Reads frames from unzipped chunks. @throws LaunchError when the file is not a whole backup */
export async function* frames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let buffered: Buffer = Buffer.alloc(0);
  let seenMagic = false;
  let ended = false;
  try {
    for await (const chunk of chunks) {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      if (!seenMagic) {
        if (buffered.length < MAGIC.length) continue;
        if (!buffered.subarray(0, MAGIC.length).equals(MAGIC)) {
          throw new LaunchError(
            'This file is not a backup of Parlour.',
            'Name a file that `npm run backup` wrote.',
          );
        }
        seenMagic = true;
        buffered = buffered.subarray(MAGIC.length);
      }
      while (buffered.length >= HEAD_BYTES) {
        const length = buffered.readUInt32BE(1);
        if (length > LARGEST_FRAME) throw damaged('a length makes no sense');
        if (buffered.length < HEAD_BYTES + length) break;
        const kind = buffered.toString('latin1', 0, 1) as FrameKind;
        if (!'HTDEZ'.includes(kind)) throw damaged('a part is unknown');
        yield { kind, payload: buffered.subarray(HEAD_BYTES, HEAD_BYTES + length) };
        ended = kind === 'Z';
        buffered = buffered.subarray(HEAD_BYTES + length);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      if (!seenMagic) {
        throw new LaunchError(
          'This file is not a backup of Parlour.',
          'Name a file that `npm run backup` wrote.',
          {
            cause: error,
          },
        );
      }
      throw damaged('it cannot be unpacked', error);
    }
    throw error;
  }
  if (!ended) throw damaged('its end is missing');
}
