import type { BenchServer } from './bench-database.ts';
import type { Cost } from './measure.ts';
import { openN8n } from './n8n.ts';
import type { PeerName } from './question.ts';
import { openRestate } from './restate.ts';

export interface HttpMeasured {
  /** Per execution. */
  cost: Cost;
  latenciesMs: number[];
}

/** A platform that one could pick instead and that is reached over HTTP, up, with a flow of five steps. */
export interface HttpPeer {
  name: string;
  title: string;
  bounds: { goal: number; aim: number };
  /** A round. Throws where an answer is wrong. */
  run(isWarmUp: boolean, connections: number): Promise<HttpMeasured>;
  close(): Promise<void>;
}

/** Each throws, with the reason, where the peer cannot be had here. */
export const HTTP_PEERS: readonly { name: PeerName; open(server: BenchServer): Promise<HttpPeer> }[] = [
  { name: 'restate', open: openRestate },
  { name: 'n8n', open: openN8n },
];
