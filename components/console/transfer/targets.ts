import type { MemberView } from '#lib/protocol/member.ts';

/** Lower comes first: who can take it now, who might, who cannot. */
function standing(member: MemberView): number {
  if (!member.present) return 3;
  if (member.availability === 'away') return 2;
  if (member.availability === 'busy' || member.load >= member.capacity) return 1;
  return 0;
}

/** Everybody else, those who can take a conversation first, then by how much they have to do. */
export function orderTargets(members: readonly MemberView[], meId: string): MemberView[] {
  return members
    .filter((member) => member.id !== meId)
    .sort((a, b) => standing(a) - standing(b) || a.load - b.load || a.name.localeCompare(b.name));
}

/** Those whose name holds the text, in their order. */
export function matching<T extends { name: string }>(all: readonly T[], text: string): T[] {
  const wanted = text.trim().toLocaleLowerCase();
  return all.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
}

/** The dot beside a member: green can be offered something, amber is there, grey is not. */
export function statusOf(member: Pick<MemberView, 'present' | 'availability'>) {
  if (!member.present) return 'off' as const;
  return member.availability === 'available' ? ('ok' as const) : ('warn' as const);
}
