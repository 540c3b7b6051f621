import type { Phase, Stage } from './model.ts';

/** Phases in which somebody owns the conversation (I1). */
export const OWNER_PHASES: ReadonlySet<Phase> = new Set(['serving', 'transferring', 'wrapup']);
/** Phases in which somebody holds an offer of it (I3). */
export const TARGET_PHASES: ReadonlySet<Phase> = new Set(['offered', 'transferring']);

export const hasOwner = (phase: Phase): boolean => OWNER_PHASES.has(phase);
export const hasTarget = (phase: Phase): boolean => TARGET_PHASES.has(phase);

/** What the visitor is told. */
export function stageOf(phase: Phase): Stage {
  switch (phase) {
    case 'bot':
    case 'queued':
    case 'offered':
      return 'waiting';
    case 'serving':
    case 'transferring':
      return 'serving';
    case 'wrapup':
    case 'closed':
      return 'ended';
    case 'offline':
      return 'offline';
    default:
      return phase satisfies never;
  }
}
