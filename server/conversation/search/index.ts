export { indexEvents } from './index-events.ts';
