import type { ClientRecord } from '../../history.ts';
import type { Told, tellSoundStory } from './story.ts';

export type Story = ReturnType<typeof tellSoundStory>;

export const logOf = ({ facts }: Told, id: string) => facts.logs.get(id) ?? [];
export function rowOf({ facts }: Told, id: string) {
  const row = facts.rows.get(id);
  if (!row) throw new Error('no such row');
  return row;
}
/** The event of a kind, the last one first. */
export function eventOf(told: Told, id: string, kind: string, trigger?: string) {
  const found = logOf(told, id).findLast(
    (event) => event.kind === kind && (!trigger || event.data.trigger === trigger),
  );
  if (!found) throw new Error(`no ${kind}`);
  return found;
}
export function patchOf(told: Told, id: string, trigger: string): Record<string, unknown> {
  return eventOf(told, id, 'conversation.transitioned', trigger).data.patch as never;
}
export function recordsOf({ histories }: Told, client: string) {
  const history = histories.clients.find((one) => one.client === client);
  if (!history) throw new Error(`no ${client}`);
  return history.records;
}
export function record<K extends ClientRecord['kind']>(told: Told, client: string, kind: K) {
  type Wanted = Extract<ClientRecord, { kind: K }>;
  const found = recordsOf(told, client).filter((one): one is Wanted => one.kind === kind);
  const last = found.at(-1);
  if (!last) throw new Error(`${client} has no ${kind}`);
  return { last, all: found };
}
export const remove = <T>(list: T[], one: T) => list.splice(list.indexOf(one), 1);

/** Ways to break each rule, as the fault it stands for would leave it. */
export type Ways = Record<string, [what: string, spoil: (told: Story) => unknown][]>;
