// Who hears of a change: subscribers of this process at once, those of other processes by a coalesced NOTIFY. An event says which object
// changed and never what it is: its reader reads the row again. Nothing here throws or waits into its caller; a lost event costs freshness,
// never correctness.
export type { ChangeEvent, EventHub } from './event.ts';
export type { EventHubOptions } from './event-hub.ts';
export { createEventHub } from './event-hub.ts';
