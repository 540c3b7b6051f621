export { createMemoryStorage } from '../core/storage.ts';
export { createVisitorClient } from './client.ts';
