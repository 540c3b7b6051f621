import type { Pool } from 'pg';
import type { InboxView } from '#lib/protocol/member.ts';
import type { MemberCtx } from '#server/conversation/index.ts';
import type { Console } from './console.ts';
import type { Shop } from './shop.ts';
import { person, seeded } from './texts.ts';

/** One kind of question, asked each time by somebody else and for something else. */
export interface Ask {
  /** Which target it counts for; null: measured, and noted. */
  group: 'open' | 'page' | 'sync' | 'search' | 'conversation';
  name: string;
  /** Asks once; `round` decides who asks what. */
  run(desk: Console, round: number): Promise<void>;
}

const VIEWS: readonly InboxView[] = ['mine', 'queued', 'all', 'closed'];

/** Who asks: mostly agents, a fifth of the time a supervisor, who sees everything. */
const whoAsks = (shop: Shop, round: number): MemberCtx => {
  const list = round % 5 === 4 ? shop.supervisors : shop.agents;
  const one = list[(round * 7) % list.length];
  if (!one) throw new Error('a shop without members');
  return one;
};

/** As the console does when it starts or a view is chosen: the first page and the badges at once. */
const open = (shop: Shop, view: InboxView): Ask => ({
  group: 'open',
  name: `open ${view}`,
  async run(desk, round) {
    const who = whoAsks(shop, round);
    await Promise.all([desk.ask(who, 'inbox.list', { view }), desk.ask(who, 'inbox.counts', {})]);
  },
});

/** Scrolls on: page after page, from the top again after ten. */
function pageOn(shop: Shop, view: InboxView): Ask {
  let next: string | null = null;
  let who = whoAsks(shop, 0);
  let pages = 0;
  return {
    group: 'page',
    name: `page on ${view}`,
    async run(desk, round) {
      if (next === null || pages === 10) {
        who = whoAsks(shop, round);
        pages = 0;
        next = null;
      }
      pages += 1;
      const page: { next: string | null } = await desk.ask(who, 'inbox.list', {
        view,
        ...(next ? { after: next } : {}),
      });
      next = page.next;
    },
  };
}

async function syncing(shop: Shop, desk: Console): Promise<Ask> {
  const cursors = new Map<MemberCtx, string>();
  for (const who of [...shop.agents, ...shop.supervisors]) {
    cursors.set(who, (await desk.ask(who, 'inbox.list', { view: 'mine' })).cursor);
  }
  return {
    group: 'sync',
    name: 'sync',
    async run(console_, round) {
      const who = whoAsks(shop, round);
      const answer = await console_.ask(who, 'inbox.sync', { cursor: cursors.get(who) ?? '' });
      cursors.set(who, answer.cursor);
    },
  };
}

/** `words(round)`: a query; `pages`: how many pages are read on. */
const search = (shop: Shop, name: string, words: (round: number) => string): Ask => ({
  group: 'search',
  name: `search ${name}`,
  async run(desk, round) {
    await desk.ask(whoAsks(shop, round), 'conversation.search', { query: words(round) });
  },
});

/** A later page of a word that is in very many messages. */
function searchOn(shop: Shop): Ask {
  let next: string | null = null;
  let who = whoAsks(shop, 0);
  let pages = 0;
  const words = ['order', '订单', 'parcel', '退款'];
  return {
    group: 'search',
    name: 'search page on',
    async run(desk, round) {
      if (next === null || pages === 10) {
        who = whoAsks(shop, round);
        pages = 0;
        next = null;
      }
      pages += 1;
      const query = words[Math.floor(round / 10) % words.length] ?? 'order';
      const page: { next: string | null } = await desk.ask(who, 'conversation.search', {
        query,
        ...(next ? { after: next } : {}),
      });
      next = page.next;
    },
  };
}

const of = (list: readonly string[]) => (round: number) => list[round % list.length] ?? '';

const numbered = (mark: string) => (round: number) =>
  `${mark}-${100_000 + ((round * 7_919) % 20_000)}`;

function conversations(shop: Shop, name: string, ids: readonly string[], group: Ask['group']): Ask {
  const boss = shop.supervisors;
  return {
    group,
    name,
    async run(desk, round) {
      const who = boss[round % boss.length];
      const conversationId = ids[(round * 31) % ids.length];
      if (!who || !conversationId) throw new Error('nothing to open');
      await desk.ask(who, 'conversation.open', { conversationId, after: 0 });
    },
  };
}

/** Ids to open: across the year, and the long ones. */
async function idsOf(pool: Pool, shop: Shop): Promise<{ short: string[]; long: string[] }> {
  const { rows } = await pool.query<{ id: string; long: boolean }>(
    `SELECT id, last_seq > 1000 AS long FROM conversation WHERE workspace_id = $1
       AND (last_seq > 1000 OR (last_seq BETWEEN 15 AND 40 AND hashint8(('x' || substr(id::text, 25, 8))::bit(32)::bigint) % 200 = 0))
     LIMIT 5000`,
    [shop.workspaceId],
  );
  const pick = (long: boolean) => rows.filter((row) => row.long === long).map((row) => row.id);
  return { short: pick(false), long: pick(true) };
}

export async function everyAsk(
  pool: Pool,
  shop: Shop,
  desk: Console,
  contacts: number,
): Promise<Ask[]> {
  const { short, long } = await idsOf(pool, shop);
  const random = seeded(9);
  const anybody = (round: number, key: 'name' | 'email'): string => {
    for (let n = Math.floor(random() * contacts); ; n = (n + 1) % contacts) {
      const said = person(n)[key];
      if (said) return round >= 0 ? said : '';
    }
  };
  return [
    ...VIEWS.map((view) => open(shop, view)),
    ...(['queued', 'all', 'closed'] as const).map((view) => pageOn(shop, view)),
    await syncing(shop, desk),
    search(shop, 'frequent word', of(['order', 'parcel', '订单', '包裹', 'the', 'warehouse'])),
    search(
      shop,
      'rarer words',
      of(['theremin', 'saddlebag', '特雷门琴', '自行车包', 'vermilion', '朱砂色']),
    ),
    search(
      shop,
      'phrase',
      of(['refund Friday', '工作日内原路退回', 'green voucher', '酒红色 外套', 'label kettle']),
    ),
    search(shop, 'number', (round) => numbered(round % 2 ? 'SO' : 'DD')(round)),
    search(shop, 'name', (round) => anybody(round, 'name')),
    search(shop, 'surname', of(['王', 'Lovelace', '罗', 'Lee', '林'])),
    search(shop, 'e-mail address', (round) => anybody(round, 'email')),
    search(shop, 'nothing found', of(['xylophone', '不存在的词', 'SO-999999', 'order xylophone'])),
    searchOn(shop),
    conversations(shop, 'conversation of 20 events', short, 'conversation'),
    conversations(shop, 'conversation of 10,000 events', long, 'conversation'),
  ];
}
