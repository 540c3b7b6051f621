import type { ErrorCode } from '#lib/protocol/errors.ts';
import { MessageText } from '#lib/protocol/primitives.ts';

/** Why this text can never be sent; null when it can. */
export function refusedText(text: string): ErrorCode | null {
  const parsed = MessageText.safeParse(text);
  // The schema's messages are error codes.
  return parsed.success
    ? null
    : ((parsed.error.issues[0]?.message ?? 'invalid_input') as ErrorCode);
}
