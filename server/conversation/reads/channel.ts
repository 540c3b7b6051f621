import { z } from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { ChannelView } from '#lib/protocol/visitor.ts';
import type { VisitorCtx } from '../context.ts';
import { type Database, STAFFED } from '../store.ts';

const Translated = z.record(z.string(), z.string()).catch({});

/** Settings as an admin or an older release stored them: what is missing or odd falls back. */
const Settings = z.object({
  title: Translated,
  greeting: Translated,
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .catch('#2563eb'),
  position: z.enum(['left', 'right']).catch('right'),
});

/** The channel's face in a visitor's language. */
export function presentChannel(settings: unknown, locale: string, staffed: boolean): ChannelView {
  const own = Settings.parse(settings ?? {});
  const said = (text: Record<string, string>) => text[locale] ?? text.en ?? '';
  return {
    title: said(own.title),
    greeting: said(own.greeting),
    accent: own.accent,
    position: own.position,
    staffed,
  };
}

interface ViewColumns {
  visitor_id: string;
  locale: string;
  /** JSON text, so that what is the same for many visitors is read once. */
  settings: string;
  staffed: boolean;
}

/** The channel each of these visitors sees, in their order; null: the visitor or channel is gone. */
export async function channelViews(
  database: Database,
  visitors: readonly VisitorCtx[],
): Promise<(ChannelView | null)[]> {
  const distinct = (ids: string[]) => [...new Set(ids)];
  const { rows } = await database.query<ViewColumns & { channel_id: string; workspace_id: string }>(
    {
      name: 'channel_views',
      text: `SELECT v.id AS visitor_id, v.locale, s.id AS channel_id, s.workspace_id, s.settings, s.staffed
      FROM (SELECT ch.id, ch.workspace_id, ch.settings::text AS settings,
          ${STAFFED('ch.workspace_id', 'ch.queue_id')} AS staffed
        FROM channel ch WHERE ch.id = ANY ($2::uuid[]) AND ch.workspace_id = ANY ($1::uuid[])
        OFFSET 0) s
      JOIN visitor v ON v.channel_id = s.id AND v.workspace_id = s.workspace_id
      WHERE v.id = ANY ($3::uuid[])`,
      values: [
        distinct(visitors.map((ctx) => ctx.workspaceId)),
        distinct(visitors.map(({ actor }) => actor.channelId)),
        distinct(visitors.map(({ actor }) => actor.visitorId)),
      ],
    },
  );
  const found = new Map(rows.map((row) => [row.visitor_id, row]));
  const faces = new Map<string, ChannelView>();
  const face = ({ settings, locale, staffed }: ViewColumns): ChannelView => {
    const key = `${staffed} ${locale} ${settings}`;
    const known = faces.get(key) ?? presentChannel(JSON.parse(settings), locale, staffed);
    faces.set(key, known);
    return known;
  };
  return visitors.map(({ workspaceId, actor }) => {
    const row = found.get(actor.visitorId);
    const own = row?.workspace_id === workspaceId && row.channel_id === actor.channelId;
    return row && own ? face(row) : null;
  });
}

/** @throws ParlourError not_found: the visitor or channel is gone */
export async function channelView(database: Database, ctx: VisitorCtx): Promise<ChannelView> {
  const [view] = await channelViews(database, [ctx]);
  if (!view) throw new ParlourError('not_found');
  return view;
}
