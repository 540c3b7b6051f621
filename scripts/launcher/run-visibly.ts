import { spawn } from 'node:child_process';
import { checkout } from './checkout.ts';

/** Runs a program in the checkout on this terminal, and ends it when the launcher is ended. @returns its exit code */
export function runVisibly(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const end = (signal: NodeJS.Signals) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.on(signal, end);
    const settle = (code: number) => {
      for (const signal of signals) process.off(signal, end);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(error);
      settle(1);
    });
    child.once('close', (code) => settle(code ?? 1));
  });
}
