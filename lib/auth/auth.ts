import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError } from 'better-auth/api';
import { organization } from 'better-auth/plugins/organization';
import { prisma } from '#lib/db/client.ts';
import { deriveKey, env, isLoopback } from '#lib/env.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { refusedAsDemo } from './demo.ts';
import { PASSWORD } from './password.ts';

/**
 * Sign-in and sessions. Organizations are workspaces; members, invitations and roles are written by
 * lib/config (audited), so of the plugin only reading and choosing the active workspace is used.
 */
function createAuth() {
  const settings = env();
  return betterAuth({
    appName: 'Parlour',
    baseURL: settings.publicUrl,
    basePath: '/api/auth',
    secret: deriveKey('sessions').toString('base64url'),
    trustedOrigins: trustedOrigins(),
    database: prismaAdapter(prisma(), { provider: 'postgresql' }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD.min,
      maxPasswordLength: PASSWORD.max,
    },
    session: {
      expiresIn: 30 * 24 * 3600,
      updateAge: 24 * 3600,
    },
    rateLimit: {
      enabled: settings.nodeEnv === 'production',
      window: 60,
      max: 300,
      // Per address; the route counts per account besides.
      customRules: { '/sign-in/email': { window: 60, max: 60 } },
    },
    advanced: {
      cookiePrefix: 'parlour',
      // Said out loud: the library's default is to check except in tests.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      useSecureCookies: settings.publicUrl.startsWith('https:'),
      database: { generateId: () => uuidv7() },
      // The desk overwrites this header with the address it has checked (TRUST_PROXY).
      ipAddress: { ipAddressHeaders: ['x-parlour-client'] },
    },
    telemetry: { enabled: false },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const user = await prisma().user.findUnique({ where: { id: session.userId } });
            if (!user || refusedAsDemo(user.email)) {
              throw new APIError('FORBIDDEN', {
                code: 'DEMO_REFUSED',
                message: 'Demo accounts only work on this machine; set the desk up at /setup.',
              });
            }
          },
        },
      },
    },
    plugins: [
      organization({
        allowUserToCreateOrganization: false,
        schema: {
          session: { fields: { activeOrganizationId: 'activeWorkspaceId' } },
          organization: { modelName: 'workspace' },
          member: { fields: { organizationId: 'workspaceId' } },
          invitation: { fields: { organizationId: 'workspaceId' } },
        },
      }),
    ],
  });
}

/** Origins that may act with a session's cookie: the public one, and on loopback its other spellings. */
export function trustedOrigins(): string[] {
  const { publicUrl, host, port } = env();
  if (!isLoopback(new URL(publicUrl).hostname) || !isLoopback(host)) return [publicUrl];
  return [publicUrl, `http://localhost:${port}`, `http://127.0.0.1:${port}`];
}

type Auth = ReturnType<typeof createAuth>;
const holder = globalThis as typeof globalThis & { parlourAuth?: Auth };

/** This process's better-auth, made at the first call. */
export function auth(): Auth {
  holder.parlourAuth ??= createAuth();
  return holder.parlourAuth;
}
