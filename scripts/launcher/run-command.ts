import { spawn } from 'node:child_process';
import { checkout } from './checkout.ts';
import { LaunchError } from './launch-error.ts';

export type CommandResult = { code: number; output: string };

const living = new Set<() => void>();

/** Ends every command that still runs; used when the launcher itself is told to stop. */
export function endRunningCommands(): void {
  for (const end of living) end();
}

/**
 * Runs a program in the checkout and collects what it prints.
 * @param onLine called for each line as it comes
 */
export function runCommand(
  file: string,
  args: string[],
  options: { env?: Record<string, string | undefined>; onLine?: (line: string) => void } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const end = () => child.kill('SIGTERM');
    living.add(end);
    let output = '';
    let partial = '';
    const take = (chunk: string) => {
      output += chunk;
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error) => {
      living.delete(end);
      reject(error);
    });
    child.once('close', (code, signal) => {
      living.delete(end);
      if (partial) options.onLine?.(partial);
      if (signal) output += `\nended by ${signal}`;
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Like `runCommand`, but a failure is an error that shows the command's last lines. */
export async function runOrExplain(
  what: string,
  advice: string,
  file: string,
  args: string[],
  options: Parameters<typeof runCommand>[2] = {},
): Promise<string> {
  const { code, output } = await runCommand(file, args, options);
  if (code === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-40).join('\n');
  throw new LaunchError(`${what} failed (exit code ${code}):\n${tail}`, advice);
}
