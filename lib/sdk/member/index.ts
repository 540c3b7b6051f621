export { createMemoryStorage } from '../core/storage.ts';
export { createMemberClient } from './client.ts';
