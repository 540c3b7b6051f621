import { cpus } from 'node:os';
import { costsOf, type Step } from '../load/climb.ts';
import { KEEPS_UP, P99_MS } from './rates.ts';

const CORES = cpus().length;

function coresOf(step: Step): string {
  const parts = [
    `${(step.serverCores ?? 0).toFixed(2)} cores server`,
    ...(step.databaseCores === null ? [] : [`${step.databaseCores.toFixed(2)} PostgreSQL`]),
    `${step.generatorCores.toFixed(2)} generators`,
  ];
  return `${parts.join(', ')}, of ${CORES} (µs/message: ${costsOf(step)})`;
}

function boundOf(step: Step): string {
  const all = (step.serverCores ?? 0) + (step.databaseCores ?? 0) + step.generatorCores;
  if ((step.serverCores ?? 0) > KEEPS_UP) return 'the server’s one thread';
  if (all > KEEPS_UP * CORES) return `the ${CORES} cores together`;
  if (step.busiestGenerator > KEEPS_UP) return 'a generator';
  return 'neither a core nor the machine: waiting (disk, locks, or other work on this machine)';
}

/** What a reader must know to judge the figures. */
export function notesOf(desk: readonly Step[], bare: readonly Step[], best: Step | undefined) {
  const notes = [
    'Latency is from the intended sending to the agent’s screen; message lengths are log-normal (median 42 characters in English, 15 in Chinese, after Sobkowicz et al. 2013); arrivals are a Poisson process over random conversations.',
    'The bare relay sends the same frames to the same sockets (ack, the visitor’s own, the agent’s), from one room per conversation; the same generators drive both.',
  ];
  if (best) {
    const late = best.lateness.p99.toFixed(1);
    notes.push(
      `Highest rate within p99 ≤ ${P99_MS} ms, ${best.rate}/s: ${coresOf(best)}; sending was late by p99 ${late} ms.`,
    );
  } else notes.push(`No rate was held within p99 ≤ ${P99_MS} ms.`);
  for (const [name, steps] of [
    ['desk', desk],
    ['bare relay', bare],
  ] as const) {
    const top = steps.toSorted((a, b) => b.rate - a.rate)[0];
    if (!top) continue;
    const end = top.held
      ? 'held; its saturation lies above'
      : `not held; bounded by ${boundOf(top)}`;
    notes.push(`Highest rate tried on the ${name}, ${top.rate}/s: ${coresOf(top)}; ${end}.`);
  }
  return notes;
}
