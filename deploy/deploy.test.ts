import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readEnv } from '#lib/env.ts';

/** What tools cannot know of these files: that they fit this program. Needs no network and no tool. */
const checkout = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(checkout, file), 'utf8');

function documents(file: string): unknown[] {
  return parseAllDocuments(read(file), { merge: true }).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS();
  });
}

/** Settings of the images beside ours. */
const OTHERS = new Set([
  'POSTGRES_USER',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD',
  'POSTGRES_INITDB_ARGS',
  // Node's and Next's.
  'NODE_OPTIONS',
  'NEXT_TELEMETRY_DISABLED',
  'CHECKPOINT_DISABLE',
  'PRISMA_SCHEMA_ENGINE_BINARY',
]);
const known = new Set(
  read('lib/env.ts')
    .match(/^ {2}[A-Z][A-Z_]+(?=:)/gm)
    ?.map((n) => n.trim()),
);

const strange = (names: Iterable<string>) =>
  [...names].filter((name) => !known.has(name) && !OTHERS.has(name));

const Container = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  envFrom: z.array(z.unknown()),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string(), 'ephemeral-storage': z.string() }),
    limits: z.looseObject({ memory: z.string() }),
  }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    runAsNonRoot: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});

const Pod = z.looseObject({
  serviceAccountName: z.literal('parlour'),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.looseObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  terminationGracePeriodSeconds: z.number().optional(),
  containers: z.tuple([Container]),
});

const Probe = z.looseObject({
  httpGet: z.object({ path: z.string(), port: z.literal('http') }),
  periodSeconds: z.number(),
});

const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.looseObject({ template: z.looseObject({ spec: z.unknown() }).optional() }).optional(),
});

const kustomization = z
  .looseObject({ resources: z.array(z.string()), namespace: z.literal('parlour') })
  .parse(documents('deploy/kubernetes/kustomization.yaml')[0]);

const resources = kustomization.resources.flatMap((file) =>
  documents(`deploy/kubernetes/${file}`).map((one) => Resource.parse(one)),
);
const named = (kind: string, name: string) => {
  const found = resources.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const WORKLOADS = [
  ['Deployment', 'desk'],
  ['Deployment', 'web'],
  ['Job', 'prepare'],
] as const;

describe('Kubernetes', () => {
  test('every file belongs to the base', () => {
    const files = readdirSync(join(checkout, 'deploy/kubernetes')).sort();
    expect(files).toEqual([...kustomization.resources, 'kustomization.yaml'].sort());
  });

  test.each(WORKLOADS)('%s %s runs as nobody, writes nothing, may nothing', (kind, name) => {
    Pod.parse(named(kind, name).spec?.template?.spec);
  });

  test('a desk is told to end, leaves the balancers, and has its 12 s to drain', () => {
    const pod = Pod.parse(named('Deployment', 'desk').spec?.template?.spec);
    const { lifecycle, readinessProbe, livenessProbe, startupProbe } = z
      .looseObject({
        lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }),
        readinessProbe: Probe,
        livenessProbe: Probe,
        startupProbe: Probe,
      })
      .parse(pod.containers[0]);
    const limit = Number(
      /CLOSE_WITHIN_MS = ([\d_]+)/.exec(read('server/main.ts'))?.[1]?.replaceAll('_', ''),
    );
    expect(limit).toBeGreaterThan(0);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
      lifecycle.preStop.sleep.seconds + limit / 1000,
    );
    expect(readinessProbe.httpGet.path).toBe('/readyz');
    expect(livenessProbe.httpGet.path).toBe('/healthz');
    expect(startupProbe.httpGet.path).toBe('/healthz');
  });

  test('the autoscaler asks for a metric that desks tell', () => {
    const text = JSON.stringify(named('HorizontalPodAutoscaler', 'desk').spec);
    const [, metric] = /"name":"(parlour_\w+)"/.exec(text) ?? [];
    expect(read('lib/observability/metrics/instruments.ts')).toContain(`'${metric}'`);
  });

  test('settings are the program’s own, and are accepted by it', () => {
    const data = named('ConfigMap', 'parlour').data ?? {};
    expect(strange(Object.keys(data))).toEqual([]);
    expect(readEnv(data)).toMatchObject({ trustProxyHops: 1, webOrigin: 'http://web:3001' });
  });
});

const Service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()),
  restart: z.string(),
  networks: z.array(z.string()),
  build: z.looseObject({ args: z.record(z.string(), z.string()) }).optional(),
});
const Network = z.object({ internal: z.boolean() }).nullable();
const compose = z
  .looseObject({
    services: z.record(z.string(), Service),
    networks: z.record(z.string(), Network),
  })
  .parse(documents('deploy/compose.yaml')[0]);
const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'parlour:local');

/** `${NAME:?why}` and `${NAME:-}` as compose reads them. */
const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\$\{(\w+)[^}]*\}/g, (_, name: string) => values[name] ?? '');

describe('compose', () => {
  test('parts of ours write nothing and may nothing', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['desk-1', 'desk-2', 'prepare', 'web']);
    for (const [, service] of ours) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  test('settings are known, and those of ours are accepted when .env.example is filled in', () => {
    const example = [...read('deploy/.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)];
    const values = Object.fromEntries(
      example.map(([, name = '', value]) => [name, value || 'x'.repeat(64)]),
    );
    const asked = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(values).sort()).toEqual([...new Set(asked)].sort());
    for (const { environment = {} } of Object.values(compose.services)) {
      expect(strange(Object.keys(environment))).toEqual([]);
    }
    for (const [, { environment = {} }] of ours) {
      const filled = Object.entries(environment).map(([name, text]) => [name, fill(text, values)]);
      expect(() => readEnv(Object.fromEntries(filled))).not.toThrow();
    }
  });

  test('desks have a way out, and it leads to nobody else; the stores and the web have none', () => {
    const open = ({ networks }: z.output<typeof Service>) =>
      networks.filter((name) => !compose.networks[name]?.internal);
    const ways = Object.entries(compose.services).map(([name, one]) => [name, open(one)]);
    expect(Object.fromEntries(ways)).toEqual({
      proxy: ['outside'],
      'desk-1': ['way-out'],
      'desk-2': ['way-out'],
      web: [],
      prepare: [],
      postgres: [],
      redis: [],
    });
    for (const { networks } of Object.values(compose.services))
      expect(networks).toContain('inside');
  });

  test('the proxy asks the desks that there are, by their readiness', () => {
    const caddyfile = read('deploy/Caddyfile');
    const desks = ours.map(([name]) => name).filter((name) => name.startsWith('desk'));
    expect(caddyfile).toContain(`reverse_proxy ${desks.map((name) => `${name}:3000`).join(' ')}`);
    expect(caddyfile).toContain('health_uri /readyz');
    const asked = [...caddyfile.matchAll(/\{\$(\w+)/g)].map(([, name = '']) => name);
    expect(strange(asked)).toEqual([]);
    expect(Object.keys(compose.services.proxy?.environment ?? {})).toEqual(asked);
  });
});

describe('image', () => {
  const dockerfile = read('Dockerfile');

  test('ends as a user who is not root, with a health check', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM'));
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(last).toContain('/healthz');
    expect(last).toContain('CMD ["node", "server/main.ts", "--roles", "realtime,worker"]');
    const set = [...dockerfile.matchAll(/\b([A-Z][A-Z_]+)=/g)].map(([, name = '']) => name);
    expect(strange(set.filter((name) => name !== 'NODE_IMAGE'))).toEqual([]);
  });

  test('says of which commit it is, where compose and the guide give one', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM'));
    const [declared] = /^ARG PARLOUR_COMMIT=$/m.exec(last) ?? [];
    expect(declared).toBeDefined();
    expect(last).toMatch(/^ENV PARLOUR_COMMIT=\$\{PARLOUR_COMMIT\}$/m);
    // A layer of files is not made anew for another commit.
    expect(last.indexOf('ARG PARLOUR_COMMIT')).toBeGreaterThan(last.lastIndexOf('\nCOPY'));
    const args = ours.flatMap(([, { build }]) => (build ? [build.args] : []));
    expect(args).toEqual([{ PARLOUR_COMMIT: expect.stringMatching(/^\$\{PARLOUR_COMMIT:-\}$/) }]);
    expect(read('deploy/README.md')).toMatch(/docker build --build-arg PARLOUR_COMMIT=/);
  });

  test('is of the Node that the desk is tested on', () => {
    const [major] = process.versions.node.split('.');
    expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${major}-`);
  });

  test('what is left out of it is imported by nothing that runs in it', () => {
    const removed = /npm uninstall([\s\S]*?)\n\nFROM/.exec(dockerfile)?.[1] ?? '';
    const names = removed.split(/[\s\\]+/).filter((word) => /^@?[a-z]/.test(word));
    expect(names).toContain('prisma');
    const files = ['lib', 'server', 'prisma'].flatMap((folder) =>
      readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.ts$/.test(file) && !/\.test\.|^test\//.test(file))
        .map((file) => `${folder}/${file}`),
    );
    const imports = new Set(
      files.flatMap((file) =>
        [...read(file).matchAll(/(?:from|import\(?) ['"]([^'"#./][^'"]*)['"]/g)].map(
          ([, name = '']) => name,
        ),
      ),
    );
    expect(imports).toContain('pg');
    const missing = names.filter((name) =>
      [...imports].some((one) => one === name || one.startsWith(`${name}/`)),
    );
    expect(missing).toEqual([]);
  });

  test('everything it is made of is let through to the builder', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...dockerfile.matchAll(/^COPY (--from=\w+ )?(.+) \S+$/gm)]
      .filter(([, from = '']) => !from.includes('modules'))
      .flatMap(([, , sources = '']) => sources.split(' '))
      .map((source) => source.replace('/app/', ''))
      .filter((source) => !['.', '.next', 'next.config.mjs'].includes(source));
    expect(copied).toContain('prisma');
    for (const source of copied) expect(allowed).toContain(source);
  });
});
