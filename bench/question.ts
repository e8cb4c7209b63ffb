import type { BenchServer } from './bench-database.ts';
import { type Cost, median } from './measure.ts';

export const PEER_NAMES = ['openworkflow', 'pg-boss', 'restate', 'n8n'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** How much a run does. */
export interface Effort {
  rounds: number;
  quick: boolean;
  /** Of the question that lets tables grow: how many rows of tasks; default: as many as the goal names, fewer where it is quick. */
  taskRows?: number | undefined;
  /** Names of peers that are asked only when they are named: slow to install or to run. */
  peers: readonly PeerName[];
}

/** Asks one thing, with what it is compared with in the same rounds. Throws where a run did not do all its work. */
export interface Question {
  name: string;
  ask(server: BenchServer, effort: Effort): Promise<Answer>;
}

export interface Answer {
  title: string;
  /** Columns, then rows. */
  table: string[][];
  /** One sentence. */
  method: string;
  /** What is not like for like. */
  caveat: string;
  verdicts: Verdict[];
}

/** As results.json has it. */
export interface Verdict {
  question: string;
  ratio: number;
  /** What it must reach. */
  goal: number;
  /** What it should. */
  aim: number;
  better: 'higher' | 'lower';
  ok: boolean;
}

export function judge(question: string, ratio: number, bounds: { goal: number; aim: number; better: Verdict['better'] }): Verdict {
  const { goal, better } = bounds;
  return { question, ratio: rounded(ratio), ...bounds, ok: better === 'higher' ? ratio >= goal : ratio <= goal };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/**
 * Runs the variants one after the other, round by round, so that what changes on the machine meets all of them. A first round is thrown away:
 * in it code is compiled and the server's memory filled. A peer, which warms up in a process of its own, answers nothing then.
 */
export async function interleave<Name extends string, Figure>(
  rounds: number,
  variants: Record<Name, (isWarmUp: boolean) => Promise<Figure | undefined>>,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(variants) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Figure[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const figure = await variants[name](round === 0);
      if (round > 0 && figure !== undefined) figures[name].push(figure);
    }
  }
  return figures;
}

export const THROUGHPUT_COLUMNS = ['', 'a second, by round', 'ratio', 'Node us', 'PostgreSQL us', 'WAL bytes'];

/** A row of medians per `share` of what was measured (5 where executions of 5 tasks were, and tasks are shown). */
export function throughputRow(name: string, costs: readonly Cost[], ratio: string, share = 1): string[] {
  const each = (value: (cost: Cost) => number | undefined) => median(costs.map((cost) => value(cost) ?? Number.NaN));
  const whole = (value: number) => (Number.isNaN(value) ? '-' : Math.round(value).toLocaleString('en'));
  return [
    name,
    costs.map((cost) => whole(cost.perSecond * share)).join(' '),
    ratio,
    whole(each((cost) => cost.nodeMicros) / share),
    whole(each((cost) => cost.postgresMicros) / share),
    whole(each((cost) => cost.walBytes) / share),
  ];
}
