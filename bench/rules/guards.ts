import { ruleSchema, type Scope, t } from '#lib/domain/rules/index.ts';

/** What the guards of a flow and the entry rules of routing look like to a business. */
export const SCHEMA = ruleSchema({
  now: t.timestamp,
  event: t.object({
    type: t.string(),
    staffed: t.bool,
    reason: t.optional(t.string(['absent', 'signed_off', 'removed'])),
    override: t.optional(t.bool),
  }),
  conversation: t.object({
    phase: t.string(['bot', 'queued', 'offered', 'serving', 'transferring', 'wrapup', 'offline']),
    queueId: t.optional(t.string()),
    priority: t.int,
    weight: t.int,
    tags: t.list(t.string()),
    queuedAt: t.optional(t.timestamp),
    lastVisitorAt: t.optional(t.timestamp),
    lastAgentAt: t.optional(t.timestamp),
  }),
  contact: t.object({ name: t.string(), locale: t.string(), attributes: t.map(t.dyn) }),
});

/** A rule, and the share of evaluations it has in the mix. */
export const GUARDS: readonly string[] = [
  'event.staffed',
  'has(event.reason) && event.reason == "absent"',
  'conversation.phase in ["queued", "offered"]',
  'conversation.priority >= 5 || conversation.weight > 1',
  'contact.locale.startsWith("zh") && event.staffed',
  'now - conversation.lastVisitorAt <= duration("10m")',
  'has(conversation.lastAgentAt) && conversation.lastAgentAt >= conversation.lastVisitorAt',
  'contact.attributes.plan == "gold" || contact.attributes.orders > 10',
  'timeOfDay(now, "Asia/Shanghai") >= "09:00" && timeOfDay(now, "Asia/Shanghai") < "18:00"',
  'dayOfWeek(now, "Asia/Shanghai") in [6, 7]',
  '"vip" in conversation.tags',
  'has(event.override) && event.override ? conversation.priority > 0 : !event.staffed',
  'contact.name.contains("Ltd") && conversation.priority * 2 + conversation.weight > 4',
];

/** Conversations that differ, so that both outcomes and absent fields occur. */
export function makeScopes(count: number, now: number): Scope[] {
  return Array.from({ length: count }, (_, at) => ({
    now: now + at * 137,
    event: {
      type: 'owner.lost',
      staffed: at % 2 === 0,
      reason: at % 3 === 0 ? 'absent' : undefined,
      override: at % 5 === 0 ? true : undefined,
    },
    conversation: {
      phase: ['queued', 'serving', 'offered', 'wrapup'][at % 4],
      queueId: at % 7 === 0 ? null : 'q',
      priority: at % 10,
      weight: 1 + (at % 2),
      tags: at % 4 === 0 ? ['returns', 'vip'] : ['returns'],
      queuedAt: now - at * 1000,
      lastVisitorAt: now - at * 3000,
      lastAgentAt: at % 6 === 0 ? null : now - at * 2000,
    },
    contact: {
      name: at % 2 === 0 ? 'Lotus Trading Ltd' : '王小明',
      locale: at % 3 === 0 ? 'en' : 'zh-CN',
      attributes: { plan: at % 4 === 0 ? 'gold' : 'free', orders: at % 20 },
    },
  }));
}
