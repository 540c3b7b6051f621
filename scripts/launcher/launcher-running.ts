import { LaunchError } from './launch-error.ts';
import { livingProcesses } from './processes.mjs';

/** For commands that must have the data to themselves. */
export function refuseWhileRunning(dataDir: string, command: string): void {
  const launcher = livingProcesses(dataDir).find((record) => record.name === 'launcher');
  if (!launcher) return;
  throw new LaunchError(
    `Parlour is running (process ${launcher.pid}).`,
    `Stop it with Ctrl-C in its terminal (or: kill ${launcher.pid}), then run \`npm run ${command}\` again.`,
  );
}
