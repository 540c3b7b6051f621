import * as z from 'zod/mini';

/**
 * Messages between the loader (host page) and the panel (iframe) over a MessageChannel.
 * The loader transfers one port with `{ parlour: 'port' }`; both ends check origin and source of that
 * first message, then speak through the port only.
 */

/** Loader → panel. */
export const ToPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('init'),
    key: z.string(),
    locale: z.optional(z.string()),
    identity: z.optional(z.string()),
    page: z.object({ url: z.string(), title: z.string() }),
    open: z.boolean(),
    /** What the loader kept for the panel: the iframe's own storage may be partitioned or throw. */
    stored: z.record(z.string(), z.string()),
    /** False: the host page's storage refuses; the panel then tries its own. */
    kept: z.optional(z.boolean()),
    /** Colour and title as the loader knows them, until the first session says. */
    accent: z.optional(z.string()),
    title: z.optional(z.string()),
  }),
  z.object({ type: z.literal('visibility'), open: z.boolean() }),
  z.object({ type: z.literal('page'), url: z.string(), title: z.string() }),
  z.object({ type: z.literal('locale'), locale: z.string() }),
  z.object({ type: z.literal('identity'), token: z.string() }),
  z.object({ type: z.literal('logout') }),
  /** Another tab of the host changed the kept storage. */
  z.object({ type: z.literal('stored'), key: z.string(), value: z.nullable(z.string()) }),
]);
export type ToPanel = z.infer<typeof ToPanel>;

/** Panel → loader. */
export const ToLoader = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('close') }),
  z.object({ type: z.literal('unread'), count: z.int() }),
  z.object({
    type: z.literal('appearance'),
    accent: z.string(),
    position: z.enum(['left', 'right']),
    label: z.string(),
    /** Colour of what stands on the accent. */
    on: z.optional(z.string()),
  }),
  /** Keep for me in the host page's storage; null removes. */
  z.object({ type: z.literal('store'), key: z.string(), value: z.nullable(z.string()) }),
  z.object({
    type: z.literal('event'),
    name: z.enum(['message', 'rating', 'error']),
    detail: z.unknown(),
  }),
  z.object({ type: z.literal('reload') }),
]);
export type ToLoader = z.infer<typeof ToLoader>;
