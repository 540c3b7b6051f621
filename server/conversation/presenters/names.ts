/** Display names by member id: what visitors are shown of an agent. */
export type MemberNames = ReadonlyMap<string, string>;

/** Finds them; `need`: ids that must be among them. */
export type FindNames = (need: Iterable<string>) => Promise<MemberNames>;

/** Nothing, rather than an id or a mail address, for a member nobody has heard of. */
export function nameOf(names: MemberNames, memberId: string | null): string {
  return (memberId !== null && names.get(memberId)) || '';
}

let last = { at: 0, text: new Date(0).toISOString() };

/** ISO 8601, as the wire has instants. @param at ms since the epoch */
export function instant(at: number): string {
  // A group of messages has one time, which is written for each of them and for each side.
  if (last.at !== at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at);
}
