import { createSecretKey } from 'node:crypto';
import { decodeProtectedHeader, errors, importSPKI, jwtVerify } from 'jose';
import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import { Email, Line } from '#lib/protocol/primitives.ts';

/** A person as the embedding site knows them. */
export interface SiteIdentity {
  /** `sub`: the site's own id of the person. */
  externalId: string;
  name: string | null;
  email: string | null;
}

/** A row of channel_key. */
export interface SiteKey {
  algorithm: string;
  /** HS256: base64url secret · ES256: public key as SPKI PEM */
  material: string;
}

/** RFC 7518 §3.2: a key at least as long as the hash. */
const LEAST_SECRET_BYTES = 32;
/** Clocks of site and desk may differ by this many seconds. */
const CLOCK_TOLERANCE = 30;

const Kid = z.uuid();
const Subject = Line(255).check(z.refine((value) => value.trim() !== ''));
const Name = Line(LIMITS.nameLength);

async function importKey(key: SiteKey) {
  if (key.algorithm === 'ES256') return importSPKI(key.material, 'ES256');
  if (key.algorithm !== 'HS256') throw new TypeError(`unknown algorithm ${key.algorithm}`);
  const secret = Buffer.from(key.material, 'base64url');
  if (secret.length < LEAST_SECRET_BYTES) throw new TypeError('secret shorter than 32 bytes');
  return createSecretKey(secret);
}

function kidOf(jwt: string): string {
  try {
    const kid = Kid.safeParse(decodeProtectedHeader(jwt).kid);
    if (kid.success) return kid.data;
  } catch (cause) {
    throw new ParlourError('identity_invalid', { cause });
  }
  throw new ParlourError('identity_invalid', {
    issues: [{ path: 'kid', message: 'name the key that signed it' }],
  });
}

/** A claim nobody can use is left out: a strange name must not cost a person their chat. */
function usable<T>(schema: z.core.$ZodType<T>, claim: unknown): T | null {
  const parsed = z.safeParse(schema, claim);
  return parsed.success ? parsed.data : null;
}

/**
 * Verifies a site's JWT: `kid` names a live key of the channel, that key alone fixes the algorithm
 * (a token never chooses its own), `aud` is the channel's public key, `exp` and `sub` are there.
 * @param findKey the channel's live key of that id, or null
 * @param now milliseconds since the epoch
 * @throws ParlourError identity_invalid
 */
export async function verifySiteIdentity(
  jwt: string,
  channelKey: string,
  findKey: (kid: string) => Promise<SiteKey | null>,
  now: number,
): Promise<SiteIdentity> {
  const key = await findKey(kidOf(jwt));
  if (!key) {
    throw new ParlourError('identity_invalid', {
      issues: [{ path: 'kid', message: 'this channel has no such key' }],
    });
  }
  try {
    const { payload } = await jwtVerify(jwt, await importKey(key), {
      algorithms: [key.algorithm],
      audience: channelKey,
      requiredClaims: ['exp', 'sub', 'aud'],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(now),
    });
    return {
      externalId: Subject.parse(payload.sub),
      name: usable(Name, payload.name)?.trim() || null,
      email: usable(Email, payload.email),
    };
  } catch (cause) {
    const claim = cause instanceof errors.JWTClaimValidationFailed ? cause.claim : undefined;
    const expired = cause instanceof errors.JWTExpired;
    throw new ParlourError('identity_invalid', {
      cause,
      issues: [
        {
          path: expired ? 'exp' : (claim ?? 'signature'),
          message: expired ? 'it has expired; sign a new one' : 'it does not hold',
        },
      ],
    });
  }
}
