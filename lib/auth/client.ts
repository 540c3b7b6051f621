'use client';
import { organizationClient } from 'better-auth/client/plugins';
import { createAuthClient } from 'better-auth/react';

/** Sign-in, sign-out and the session, for React. */
export const authClient = createAuthClient({
  basePath: '/api/auth',
  plugins: [organizationClient()],
});
