import { join } from 'node:path';

/** Absolute path of the folder that holds package.json. */
export const checkout = join(import.meta.dirname, '..', '..');

/** A program that npm installed, such as `next`. */
export const installed = (name: string): string => join(checkout, 'node_modules', '.bin', name);
