export { WireClient, type WireListener, type WireOptions } from './client.ts';
export { textFrame } from './frames.ts';
export { joinWire } from './join.ts';
export { jsonIn, key, numberAt, valueAt } from './scan.ts';
