import type { ConfigCall, ConfigCalls } from '#lib/protocol/config.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import { ERRORS, type ErrorCode, type WireError } from '#lib/protocol/errors.ts';

/** A configuration call that was refused, or never arrived (`unavailable`). */
export class ConfigError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly { path: string; message: string }[];

  constructor(wire: Pick<WireError, 'code' | 'message' | 'issues'>) {
    super(wire.message);
    this.code = wire.code;
    this.issues = wire.issues ?? [];
  }
}

/** @throws ConfigError */
export async function callConfig<N extends ConfigCall>(
  name: N,
  input: ConfigCalls[N]['input'],
): Promise<ConfigCalls[N]['output']> {
  let reply: Reply<ConfigCalls[N]['output']>;
  try {
    const response = await fetch(`/api/config/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    reply = await response.json();
  } catch (cause) {
    // No network, or something between us and the desk answered in its own words.
    throw Object.assign(
      new ConfigError({ code: 'unavailable', message: ERRORS.unavailable.text }),
      { cause },
    );
  }
  if (!reply.ok) throw new ConfigError(reply.error);
  return reply.data;
}
