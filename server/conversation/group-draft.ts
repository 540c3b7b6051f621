import {
  diff,
  type Effect,
  type Snapshot,
  type StepResult,
  stageOf,
} from '#lib/domain/conversation/index.ts';
import type { Actor } from './context.ts';
import type { AppendItem, ConversationRecord, EventData, StoredEvent } from './records.ts';
import { foldEvent } from './store-fold.ts';
import { snapshotOf } from './store-snapshot.ts';

/** How a conversation came to be in this transaction. */
export interface Opened {
  snapshot: Snapshot;
  effects: Effect[];
  data: EventData['conversation.opened'];
}

export interface Draft {
  record: ConversationRecord;
  events: StoredEvent[];
  moved: boolean;
  /** What becomes of timer rows: by name, null clears. */
  timers: Map<string, { gen: number; dueAt: number } | null>;
}

/** Members do not hear what changes neither stage nor agent for the visitor; the visitor does not either. */
function visibleToVisitor(before: Snapshot, after: Snapshot): boolean {
  const was = stageOf(before.phase);
  const is = stageOf(after.phase);
  return was !== is || (is === 'serving' && before.ownerId !== after.ownerId);
}

/** Who an event is by. */
export function authorOf(actor: Actor): Pick<StoredEvent, 'actorKind' | 'actorId'> {
  switch (actor.kind) {
    case 'visitor':
      return { actorKind: 'visitor', actorId: actor.visitorId };
    case 'member':
      return { actorKind: 'member', actorId: actor.memberId };
    case 'system':
      return BY_THE_SYSTEM;
    default:
      return actor satisfies never;
  }
}
const BY_THE_SYSTEM = { actorKind: 'system', actorId: null } as const;

/**
 * The events one item adds, numbered and folded as they come. Nothing of a draft counts until it is
 * taken over, so that a refused item leaves nothing half-written.
 */
export class DraftWriter {
  #record: ConversationRecord | null;
  #events: StoredEvent[] = [];
  #timers: Draft['timers'] = new Map();
  #moved = false;
  readonly #item: AppendItem;
  readonly #now: number;
  #first: StoredEvent | null = null;
  #derived = 0;

  constructor(record: ConversationRecord | null, item: AppendItem, now: number) {
    this.#record = record;
    this.#item = item;
    this.#now = now;
  }

  get record(): ConversationRecord {
    if (!this.#record) throw new Error('not opened yet');
    return this.#record;
  }

  /** What answers the item: the event that carries its own key. */
  get first(): StoredEvent | null {
    return this.#first;
  }

  open(opened: Opened): void {
    this.#push('conversation.opened', opened.data, true, false);
  }

  entries(): void {
    for (const entry of this.#item.entries) this.#push(entry.kind, entry.data, entry.public, true);
  }

  step(result: Extract<StepResult, { kind: 'moved' | 'postponed' }>): void {
    if (result.kind === 'postponed') {
      this.#timers.set(result.name, { gen: result.gen, dueAt: result.dueAt });
      return;
    }
    const before = this.record;
    const after = snapshotOf(result.snapshot);
    const data: EventData['conversation.transitioned'] = {
      from: before.state,
      to: after.state,
      trigger: result.transitions[0]?.trigger ?? this.#item.event?.type ?? '',
      patch: diff(snapshotOf(before), after),
      after: {
        phase: after.phase,
        stage: stageOf(after.phase),
        ownerId: after.ownerId,
        targetMemberId: after.targetMemberId,
        queueId: after.queueId,
      },
    };
    if (this.#item.about) data.about = this.#item.about;
    this.#moved = true;
    this.#push('conversation.transitioned', data, visibleToVisitor(before, after), true);
    this.effects(result.effects);
  }

  done(): Draft {
    return {
      record: this.record,
      events: this.#events,
      moved: this.#moved,
      timers: this.#timers,
    };
  }

  effects(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'message.system':
          this.#push('line.said', { line: effect.line }, true, false);
          break;
        case 'timer.set':
          this.#timers.set(effect.name, { gen: effect.gen, dueAt: effect.dueAt });
          break;
        case 'timer.clear':
          this.#timers.set(effect.name, null);
          break;
        case 'rating.ask':
          // memory.ratingAsked says it to readers; channels that send mail will make it a row.
          break;
        default:
          effect satisfies never;
      }
    }
  }

  /** `own`: may carry the item's key. Derived keys hold a space, which no caller's key can. */
  #push(kind: string, data: object, isPublic: boolean, own: boolean): void {
    const item = this.#item;
    const isFirst = own && this.#first === null;
    const event: StoredEvent = {
      conversationId: item.conversationId,
      seq: (this.#record?.lastSeq ?? 0) + 1,
      publicSeq: isPublic ? (this.#record?.lastPublicSeq ?? 0) + 1 : null,
      source: item.key.source,
      clientId: isFirst ? item.key.clientId : `${item.key.clientId} ${++this.#derived}`,
      kind,
      v: 1,
      ...(kind === 'line.said' ? BY_THE_SYSTEM : authorOf(item.ctx.actor)),
      data: data as StoredEvent['data'],
      at: this.#now,
    };
    if (isFirst) this.#first = event;
    this.#record = foldEvent(this.#record, event);
    this.#events.push(event);
  }
}
