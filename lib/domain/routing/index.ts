export { DEFAULT_POLICY, decide } from './decide.ts';
export { isStaffing } from './eligibility.ts';
export * from './model.ts';
export { ringWidensAt } from './rings.ts';
