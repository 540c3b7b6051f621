/** Display names by member id: what visitors are shown of an agent. */
export type MemberNames = ReadonlyMap<string, string>;

/** Finds them; `need`: ids that must be among them. */
export type FindNames = (need: Iterable<string>) => Promise<MemberNames>;

/** Nothing, rather than an id or a mail address, for a member nobody has heard of. */
export function nameOf(names: MemberNames, memberId: string | null): string {
  return (memberId !== null && names.get(memberId)) || '';
}

/** ISO 8601, as the wire has instants. @param at ms since the epoch */
export function instant(at: number): string {
  return new Date(at).toISOString();
}

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at);
}
