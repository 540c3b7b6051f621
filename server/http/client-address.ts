import type { IncomingMessage } from 'node:http';
import { isLoopback } from '#lib/env.ts';

/** What a request's headers claim, believed as far as TRUST_PROXY says. */
export interface Client {
  /** Address without a v4-in-v6 prefix; '' when the connection is gone already. */
  address: string;
  protocol: 'http' | 'https';
  /** As the browser addressed us. */
  host: string;
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function listed(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * Who speaks: with `hops` proxies in front, the entry the outermost trusted proxy wrote. Entries
 * further left were written by the client itself and are never believed.
 */
export function clientOf(request: IncomingMessage, hops: number): Client {
  const remote = plain(request.socket.remoteAddress ?? '');
  const chain = [...listed(request.headers['x-forwarded-for']).map(plain), remote];
  const address = chain[Math.max(0, chain.length - 1 - hops)] ?? remote;
  const proto = hops > 0 ? listed(request.headers['x-forwarded-proto']).at(-1) : undefined;
  const host = hops > 0 ? listed(request.headers['x-forwarded-host']).at(-1) : undefined;
  return {
    address,
    protocol: proto === 'https' ? 'https' : 'http',
    host: host ?? request.headers.host ?? '',
  };
}

const FORWARDING = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'forwarded',
  'via',
] as const;

/**
 * Whether a program of this very machine asks, and not a proxy on it for somebody else: the
 * connection is from loopback, no header speaks of another client, and the name that was asked for is
 * loopback's too (a stranger's page whose name was rebound to this address asks under its own).
 */
export function isOfThisMachine(request: IncomingMessage): boolean {
  if (!isLoopback(plain(request.socket.remoteAddress ?? ''))) return false;
  if (FORWARDING.some((header) => request.headers[header] !== undefined)) return false;
  const host = request.headers.host ?? '';
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.split(':')[0];
  return isLoopback(name ?? '');
}

/** The address as a rate limit counts it: an IPv6 customer holds a whole /64. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
