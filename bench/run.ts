// npm run bench: what the engine can do, each figure beside what bounds it or a peer, in one run. Exit code 1 where a goal is missed, 2 where the
// machine is too busy to tell.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBenchServer } from './bench-database.ts';
import { chain } from './chain.ts';
import { fairness } from './fairness.ts';
import { fanOut } from './fan-out.ts';
import { growth } from './growth.ts';
import { heldSnapshot } from './held-snapshot.ts';
import { httpChain } from './http-chain.ts';
import { httpLatency } from './http-latency.ts';
import { idleLatency } from './idle-latency.ts';
import { largeValues } from './large-values.ts';
import { oneCall } from './one-call.ts';
import { postOutput } from './post-output.ts';
import { processes } from './processes.ts';
import { type Answer, PEER_NAMES, type PeerName, type Question } from './question.ts';
import { type Circumstances, printAnswer, writeReport } from './report.ts';
import { startUp } from './start-up.ts';
import { validation } from './validation.ts';
import { waiting } from './waiting.ts';

const QUESTIONS: readonly Question[] = [
  chain,
  oneCall,
  httpChain,
  postOutput,
  idleLatency,
  httpLatency,
  fanOut,
  waiting,
  growth,
  heldSnapshot,
  fairness,
  processes,
  largeValues,
  validation,
  startUp,
];

const QUIET_LOAD = 1.5; // above it the spread of the rounds was larger than what is to be seen
const PATIENCE_MS = 180_000;
const GLANCE_MS = 5000;

const USAGE = `npm run bench -- [--quick] [--rounds N] [--only ${QUESTIONS.map(({ name }) => name).join('|')}] [--peers all|${PEER_NAMES.join('|')}] [--task-rows N] [--busy]`;

interface Options {
  quick: boolean;
  busy: boolean;
  peers: readonly PeerName[];
  taskRows: number | undefined;
  rounds: number;
  questions: readonly Question[];
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean' },
        busy: { type: 'boolean' },
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true },
        peers: { type: 'string', multiple: true },
        'task-rows': { type: 'string' },
      },
    });
    const { quick = false, busy = false, only, peers: named = [] } = values;
    const peers = named.includes('all') ? PEER_NAMES : PEER_NAMES.filter((name) => named.includes(name));
    const taskRows = values['task-rows'] === undefined ? undefined : Number(values['task-rows']);
    const rounds = Number(values.rounds ?? (quick ? 2 : 3));
    const questions = only ? QUESTIONS.filter(({ name }) => only.includes(name)) : QUESTIONS;
    const isUnderstood =
      Number.isInteger(rounds) &&
      rounds > 0 &&
      (taskRows === undefined || taskRows >= 100_000) &&
      questions.length === (only ?? QUESTIONS).length &&
      named.every((name) => name === 'all' || PEER_NAMES.some((peer) => peer === name));
    return isUnderstood ? { quick, busy, peers, taskRows, rounds, questions } : undefined;
  } catch {
    return undefined;
  }
}

/** Waits for a machine that does nothing else. False: it did not come to rest. */
async function waitForQuiet(): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (load() > QUIET_LOAD) {
    if (Date.now() > deadline) return false;
    process.stderr.write(`The load average is ${load().toFixed(1)}; waiting for ${QUIET_LOAD} or less\n`);
    await sleep(GLANCE_MS);
  }
  return true;
}

const load = (): number => loadavg()[0] ?? 0;

async function answerAll(
  { quick, peers, taskRows, rounds, questions }: Options,
  circumstances: Omit<Circumstances, 'postgresVersion'>,
): Promise<Answer[]> {
  const server = await startBenchServer();
  try {
    const answers: Answer[] = [];
    for (const question of questions) {
      try {
        const answer = await question.ask(server, { rounds, quick, peers, taskRows });
        printAnswer(answer);
        answers.push(answer);
      } catch (error) {
        console.error(`\n${question.name} was not answered:`, error);
        circumstances.reservations.push(`${question.name} was not answered`);
      }
    }
    await writeReport(answers, { ...circumstances, postgresVersion: server.version });
    return answers;
  } finally {
    await server.close();
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  if (!options.busy && !(await waitForQuiet())) {
    console.error(`The machine is busy (load average ${load().toFixed(1)}): figures would say nothing. Try later, or run with --busy.`);
    return 2;
  }
  const reservations = [
    ...(load() > QUIET_LOAD ? ['the machine was busy'] : []),
    ...(options.quick ? ['a quick run'] : []),
    ...(options.questions.length < QUESTIONS.length ? ['not all questions were asked'] : []),
  ];
  const answers = await answerAll(options, { date: new Date(), rounds: options.rounds, load: load(), reservations });
  const isMet = answers.every(({ verdicts }) => verdicts.every(({ ok }) => ok));
  return isMet && answers.length === options.questions.length ? 0 : 1;
}

process.exitCode = await main();
