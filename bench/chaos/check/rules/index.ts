import type { Rule } from '../rule.ts';
import { oneWorkspace, visitorsSeeTheirs } from './audience.ts';
import { offersEnd, timerRowsFit, timersActOnce } from './ending.ts';
import {
  closedIsFinal,
  oneOwner,
  oneTarget,
  queuedIsFree,
  somebodyWillSee,
  transfersKeep,
  transitionsTellTruth,
} from './holding.ts';
import { loadsRecounted, withinCapacity } from './loads.ts';
import { folded, gapless, marks } from './log.ts';
import { ownOrder, sameOrder } from './order.ts';
import { everyoneInStep, noBugShown, upgradesUnnoticed } from './people.ts';
import { givenToPresent, leasesHeld, notKeptByAbsent, presenceSettled } from './presence.ts';
import { ackedOnce, askedOnly, refusedNever } from './written.ts';

/** In the order in which a reader wants to hear of them. */
export const RULES: readonly Rule[] = [
  ackedOnce,
  askedOnly,
  refusedNever,
  sameOrder,
  ownOrder,
  gapless,
  folded,
  marks,
  oneOwner,
  queuedIsFree,
  oneTarget,
  transitionsTellTruth,
  loadsRecounted,
  withinCapacity,
  timersActOnce,
  timerRowsFit,
  offersEnd,
  transfersKeep,
  somebodyWillSee,
  givenToPresent,
  notKeptByAbsent,
  closedIsFinal,
  oneWorkspace,
  visitorsSeeTheirs,
  everyoneInStep,
  presenceSettled,
  leasesHeld,
  noBugShown,
  upgradesUnnoticed,
];
