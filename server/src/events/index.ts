export type { ChangeEvent, EventHub } from './event.ts';
