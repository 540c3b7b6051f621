export { createLeaseGroup, LEASE, type LeaseGroup, leaseHolds } from './lease-group.ts';
export { type Loop, startLoop } from './loop.ts';
