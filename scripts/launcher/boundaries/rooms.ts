/**
 * Who may import whom. A room is a folder with one purpose; an edge that is not listed is refused.
 * `test` files may import any room but `app`, since they wire real parts together.
 */
export type Room = {
  /** Folder the room covers, relative to the checkout; the longest match wins. */
  path: string;
  /** What it may import, by the start of its path; `**` stands for folders, `!` takes out again. */
  rooms: string[];
  /** Packages it may import; undefined allows every package. */
  packages?: string[];
  /** Said when an import is refused. */
  because: string;
};

/** All of lib but the sdk, which is for clients. */
const LIB_FOR_SERVER = ['lib', '!lib/sdk'];

/** An index.ts of any room, or of a part of one that has its own. */
const SERVER_INDEX = 'server/**/index.ts';

export const ROOMS: Room[] = [
  {
    path: 'lib/domain',
    rooms: [],
    packages: ['zod'],
    because: 'the domain is pure: it imports zod and its siblings only',
  },
  {
    path: 'lib/domain/rules',
    rooms: ['lib/domain'],
    packages: ['zod', '@marcbachmann/cel-js'],
    because: 'the domain is pure: rules import zod, the CEL parser and their siblings only',
  },
  {
    path: 'lib/protocol',
    rooms: ['lib/domain'],
    packages: ['zod'],
    because: 'the protocol imports the domain’s types and zod only',
  },
  {
    path: 'lib/sdk',
    rooms: ['lib/protocol'],
    packages: ['zod', 'socket.io-client'],
    because: 'the sdk imports the protocol only: it runs on other people’s pages',
  },
  {
    path: 'lib',
    rooms: LIB_FOR_SERVER,
    because: 'lib serves app and server and knows neither; only the clients use the sdk',
  },
  {
    path: 'components',
    rooms: ['lib/protocol', 'lib/domain', 'lib/sdk', 'lib/i18n', 'components/ui'],
    because: 'components import protocol, domain, sdk and texts; data reaches them through app',
  },
  {
    path: 'components/widget',
    rooms: ['lib/protocol', 'lib/domain', 'lib/sdk', 'lib/i18n', 'lib/security'],
    because:
      'the widget runs on other people’s pages: protocol, domain, sdk, texts and the headers of its page only',
  },
  {
    path: 'app',
    rooms: ['components', 'lib'],
    because: 'app imports components and lib, never server',
  },
  {
    path: 'server/conversation',
    rooms: LIB_FOR_SERVER,
    because: 'conversation knows neither channels, gateway nor any other sibling',
  },
  {
    path: 'server/test',
    rooms: ['lib', 'server', 'scripts', 'prisma'],
    because: 'nothing imports app',
  },
  {
    path: 'server',
    rooms: [...LIB_FOR_SERVER, SERVER_INDEX, 'server/registry.ts'],
    because: 'server rooms use lib (not the sdk), and siblings only through their index.ts',
  },
  { path: 'prisma', rooms: LIB_FOR_SERVER, because: 'the seed uses lib only' },
  { path: 'scripts', rooms: LIB_FOR_SERVER, because: 'the launcher uses lib only' },
  { path: 'e2e', rooms: ['lib', 'scripts'], because: 'journeys see Parlour from outside' },
  { path: 'bench', rooms: ['lib', 'server', 'scripts'], because: 'nothing imports app' },
];

/** Rooms whose files sit side by side under one folder which is not a room of its own. */
const SPLIT = ['lib', 'server', 'components'];

/** The unit relative imports must stay in: `lib/domain`, `server/gateway`, `app`, … */
export function roomFolder(file: string): string {
  const [first = '', second] = file.split('/');
  return SPLIT.includes(first) && second?.includes('.') === false ? `${first}/${second}` : first;
}

export function roomOf(file: string): Room | undefined {
  return ROOMS.filter((room) => file === room.path || file.startsWith(`${room.path}/`)).sort(
    (a, b) => b.path.length - a.path.length,
  )[0];
}

/** Benches are tests of the whole: they make their people with the tests' own factories. */
export const isTestFile = (file: string): boolean =>
  /\.test\.tsx?$/.test(file) || /^(server\/test|bench)\//.test(file) || file.includes('/test/');
