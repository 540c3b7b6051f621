import type { Role } from '#lib/auth/roles.ts';

interface DemoPerson {
  name: string;
  /** Before the @. */
  login: string;
  role: Role;
  /** tier by queue */
  queues: Record<string, number>;
  /** level by skill */
  skills: Record<string, number>;
}

export const SKILLS = ['Orders', 'Returns', '中文'] as const;

export const QUEUES = [
  { name: 'Orders', skill: null },
  { name: 'Returns', skill: 'Returns' },
] as const;

export const PEOPLE: readonly DemoPerson[] = [
  { name: 'Olivia Park', login: 'olivia', role: 'owner', queues: { Orders: 2 }, skills: {} },
  {
    name: 'Sam Okafor',
    login: 'sam',
    role: 'supervisor',
    queues: { Orders: 2, Returns: 2 },
    skills: { Orders: 4, Returns: 4 },
  },
  {
    name: '林美',
    login: 'mei',
    role: 'agent',
    queues: { Orders: 1, Returns: 1 },
    skills: { Orders: 4, Returns: 3, 中文: 5 },
  },
  {
    name: 'Tom Reyes',
    login: 'tom',
    role: 'agent',
    queues: { Orders: 1 },
    skills: { Orders: 3 },
  },
];

export const CANNED_REPLIES = [
  { shortcut: 'hello', body: 'Hello! Thanks for writing to Lantern & Loom. How can I help?' },
  { shortcut: 'order', body: 'Could you send me your order number? It starts with LL-.' },
  {
    shortcut: 'returns',
    body: 'You can send anything back within 30 days. I will e-mail you a prepaid label.',
  },
  { shortcut: '您好', body: '您好，感谢联系 Lantern & Loom，请问有什么可以帮您？' },
] as const;

export const CHANNEL_SETTINGS = {
  title: { en: 'Lantern & Loom', 'zh-CN': 'Lantern & Loom' },
  greeting: {
    en: 'Hi! Questions about lamps, linens or an order? We are happy to help.',
    'zh-CN': '您好！灯具、布艺或订单有疑问，都可以问我们。',
  },
  accent: '#b4532a',
  position: 'right',
};
