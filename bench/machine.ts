import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { buildInfo } from '#lib/build-info.ts';
import { checkout } from '#scripts/launcher/checkout.ts';

/** Where and on what a run was made; figures of different machines are not compared. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  node: string;
  /** Load average over a minute when the run began; above 1 the machine was not quiet. */
  loadBefore: number;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The commit of the checkout, with `+` when it has changes; outside of git that of the build, or null. */
export function commitHere(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: checkout,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return git('rev-parse', '--short=12', 'HEAD').trim() + (changed ? '+' : '');
  } catch {
    // A release's archive carries no history: without PARLOUR_COMMIT the figures stand without a commit.
    return buildInfo().commit || null;
  }
}
