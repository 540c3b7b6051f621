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

/** @throws ParlourError not_found: the visitor or channel is gone */
export async function channelView(database: Database, ctx: VisitorCtx): Promise<ChannelView> {
  const { rows } = await database.query<{ settings: unknown; locale: string; staffed: boolean }>({
    name: 'channel_view',
    text: `SELECT ch.settings, v.locale, ${STAFFED('ch.workspace_id', 'ch.queue_id')} AS staffed
      FROM channel ch JOIN visitor v ON v.channel_id = ch.id AND v.workspace_id = ch.workspace_id
      WHERE ch.id = $2 AND ch.workspace_id = $1 AND v.id = $3`,
    values: [ctx.workspaceId, ctx.actor.channelId, ctx.actor.visitorId],
  });
  const row = rows[0];
  if (!row) throw new ParlourError('not_found');
  return presentChannel(row.settings, row.locale, row.staffed);
}
