'use client';
import { createAuthClient } from 'better-auth/react';

/** Sign-in, sign-out and the session, for React. */
export const authClient = createAuthClient({ basePath: '/api/auth' });
