import { entryTerms } from '#server/conversation/search/terms.ts';

/**
 * What people write to a shop, in English and Chinese: many short lines that all say the same, and
 * longer ones with numbers that nobody else says. The same texts at every run.
 */

/** mulberry32: 32 bits of state, good enough for texts. @returns 0 … 1 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Pick = <T>(of: readonly T[]) => T;

/** Low places are likelier: of 10 the first is taken a third of the time. */
const skewed =
  (random: () => number): Pick =>
  (of) => {
    const one = of[Math.floor(of.length * random() ** 2)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };

const EN = {
  short: [
    'ok',
    'Thanks!',
    'Hello',
    'yes please',
    'One moment please.',
    'Hi, anyone there?',
    'Great, thank you so much',
  ],
  what: [
    'order',
    'parcel',
    'invoice',
    'jacket',
    'refund',
    'subscription',
    'headphones',
    'voucher',
    'suitcase',
    'kettle',
    'saddlebag',
    'theremin',
  ],
  says: [
    'My {what} {id} has not arrived yet, it was promised for {day}.',
    'Could you check the {what} {id} for me? The colour is {word} and not what I chose.',
    'I would like to return the {what}, how do I get a label? Reference {id}.',
    'We have found your {what}: it left our warehouse on {day} with tracking number {id}.',
    'The money for your {what} goes back to your card within five days, reference {id}.',
    'Is the {what} available in {word}? Your page says {day} but the shop said otherwise.',
  ],
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'the weekend'],
  word: ['blue', 'green', 'crimson', 'ochre', 'teal', 'burgundy', 'anthracite', 'vermilion'],
};
const ZH: typeof EN = {
  short: ['好的', '谢谢', '您好', '在吗？', '请稍等', '麻烦您了', '收到，非常感谢'],
  what: [
    '订单',
    '包裹',
    '发票',
    '外套',
    '退款',
    '会员',
    '耳机',
    '优惠券',
    '行李箱',
    '电热水壶',
    '自行车包',
    '特雷门琴',
  ],
  says: [
    '我的{what} {id} 还没有到，不是说{day}送到吗？',
    '帮我查一下{what} {id}，颜色发成{word}了，跟我选的不一样',
    '我想退掉这个{what}，怎么申请退货？单号 {id}',
    '已经为您查到{what}的物流信息，{day}从仓库发出，运单号 {id}',
    '{what}的款项会在五个工作日内原路退回，流水号 {id}，请您留意',
    '这款{what}有{word}的吗？页面上写{day}到货，但是门店说没有',
  ],
  day: ['周一', '周二', '周三', '周四', '周五', '周末'],
  word: ['蓝色', '绿色', '深红色', '土黄色', '青色', '酒红色', '炭灰色', '朱砂色'],
};

export interface PoolText {
  text: string;
  terms: number[];
}

/** Of each language; a text stands in many conversations. */
export const POOL_SIZE = 20_000;

function texts(language: typeof EN, seed: number, mark: string): PoolText[] {
  const random = seeded(seed);
  const pick = skewed(random);
  return Array.from({ length: POOL_SIZE }, (_, at) => {
    const say =
      random() < 0.25
        ? pick(language.short)
        : pick(language.says)
            .replace('{what}', pick(language.what))
            .replace('{day}', pick(language.day))
            .replace('{word}', pick(language.word))
            .replace('{id}', `${mark}-${100_000 + at}`);
    return { text: say, terms: entryTerms(say) };
  });
}

/** First all English, then all Chinese ones. */
export const textPool = (): PoolText[] => [...texts(EN, 1, 'SO'), ...texts(ZH, 2, 'DD')];

const NAMES = {
  first: [
    'Ada',
    'Grace',
    'Alan',
    'Edsger',
    'Barbara',
    'Donald',
    'Leslie',
    'Margaret',
    'Niklaus',
    'Radia',
    'Tim',
    'Yukihiro',
  ],
  last: [
    'Lovelace',
    'Hopper',
    'Turing',
    'Dijkstra',
    'Liskov',
    'Knuth',
    'Lamport',
    'Hamilton',
    'Wirth',
    'Perlman',
    'Lee',
    'Backus',
  ],
  surname: Array.from('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'),
  given: Array.from('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文志'),
};

export interface Person {
  name: string | null;
  email: string | null;
  terms: number[];
}

/** The n-th contact; a fifth never says a name. Even ones are Chinese. */
export function person(n: number): Person {
  if (n % 5 === 4) return { name: null, email: null, terms: [] };
  const random = seeded(n + 77);
  const of = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
  const chinese = n % 2 === 0;
  const name = chinese
    ? `${of(NAMES.surname)}${of(NAMES.given)}${of(NAMES.given)}`
    : `${of(NAMES.first)} ${of(NAMES.last)}`;
  const email = n % 3 === 0 ? `customer${n}@${chinese ? 'mail.example.cn' : 'mail.example'}` : null;
  return { name, email, terms: entryTerms(email ? `${name} ${email}` : name, { names: true }) };
}
