import type { Page } from '@playwright/test';
import { SignJWT } from 'jose';
import { configure, type Team } from './desk.ts';

export type SignUser = (externalId: string, name: string) => Promise<string>;

/** Gives the channel a key and signs users with it, as the shop's own server would. */
export async function siteKey(team: Team): Promise<SignUser> {
  const { id, secret } = await configure(team.owner, 'channel.create-key', {
    channelId: team.channelId,
    algorithm: 'HS256',
  });
  if (!secret) throw new Error('the key came without its secret');
  return (externalId, name) =>
    new SignJWT({ name })
      .setProtectedHeader({ alg: 'HS256', kid: id })
      .setSubject(externalId)
      .setAudience(team.publicKey)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(Buffer.from(secret, 'base64url'));
}

/** Calls the widget's API from the host page. */
export async function parlour(page: Page, ...args: unknown[]): Promise<void> {
  await page.evaluate((given) => {
    (window as unknown as { Parlour: (...a: unknown[]) => void }).Parlour(...given);
  }, args);
}
