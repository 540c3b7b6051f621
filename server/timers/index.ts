export { type Runner, startTimers, type TimersDeps } from './start-timers.ts';
