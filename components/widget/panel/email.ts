import * as z from 'zod/mini';
import { Email } from '#lib/protocol/primitives.ts';

/** Whether the desk would take it as an e-mail address. */
export const isEmail = (text: string): boolean => z.safeParse(Email, text).success;
