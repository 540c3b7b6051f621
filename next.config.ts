import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  // The desk process is the only thing that faces the network; it compresses and sets the headers.
  poweredByHeader: false,
  compress: false,
  reactStrictMode: true,
  // `npm run check` reports type errors with better messages; a production start should not pay
  // for a second type check on the operator's machine.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // TypeScript 7 has no JavaScript API; Next then only needs its command line.
    useTypeScriptCli: true,
    // A production build is made once a release: writing 100 MB of cache for the next one costs a
    // third of its CPU time (47 s instead of 36).
    turbopackFileSystemCacheForBuild: false,
  },
  // Native or worker-based packages that must not be bundled into server code.
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg'],
};

export default createNextIntlPlugin('./lib/i18n/request.ts')(config);
