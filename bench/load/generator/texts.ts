/**
 * What people write. Lengths are log-normal, as P. Sobkowicz et al. found of posts in conversations
 * ("Lognormal distributions of user post lengths in Internet discussions", EPJ Data Science 2:2,
 * 2013); the median is set for chat: 42 characters in English (mean 66), 15 in Chinese, which says as
 * much in a third of the characters; one in four is Chinese. At most 2,000 characters.
 */

const MEDIAN = { en: 42, zh: 15 };
const SIGMA = 0.95;
const LONGEST = 2_000;
const SHARE_ZH = 0.25;

const EN =
  `hi thanks for your quick answer my order has not arrived yet and the tracking page says that it
  left the warehouse last Tuesday could you please check what happened I paid by card the number is
  4711-2205 I'd like to return one of the two lamps it doesn't fit do you ship to Norway what does
  express cost "next day" would be great sorry I meant the blue one is there a discount code`.split(
    /\s+/,
  );
const ZH = Array.from(
  '您好请问我的订单什么时候发货已经等了三天了快递显示还在仓库麻烦帮我查一下谢谢我想退掉其中一盏灯尺寸不合适运费是多少可以开发票吗好的收到没问题蓝色的还有货吗',
);

/** A generator of numbers in [0, 1): xorshift32, seeded, so that a run can be repeated. */
export function randomBy(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function write(random: () => number, length: number, chinese: boolean): string {
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  let text = '';
  while (text.length < length) text += chinese ? pick(ZH) : `${text && ' '}${pick(EN)}`;
  return text.slice(0, length).trim() || (chinese ? '好' : 'ok');
}

/** `count` texts as JSON strings without their quotes. */
export function makeTexts(count: number, random: () => number): string[] {
  return Array.from({ length: count }, () => {
    const chinese = random() < SHARE_ZH;
    const median = chinese ? MEDIAN.zh : MEDIAN.en;
    const length = Math.round(median * Math.exp(SIGMA * normal(random)));
    const text = write(random, Math.min(LONGEST, Math.max(1, length)), chinese);
    return JSON.stringify(text).slice(1, -1);
  });
}
