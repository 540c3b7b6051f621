import { env, isLoopback } from '#lib/env.ts';

const DEMO_DOMAIN = '@demo.parlour.example';

export function demoEmail(name: string): string {
  return `${name}${DEMO_DOMAIN}`;
}

/** Demo accounts work only while nobody but this machine can reach the desk. */
export function demoAllowed(settings = env()): boolean {
  return isLoopback(settings.host) && isLoopback(new URL(settings.publicUrl).hostname);
}

/** Whether this account must be refused here. */
export function refusedAsDemo(email: string, settings = env()): boolean {
  return email.endsWith(DEMO_DOMAIN) && !demoAllowed(settings);
}
