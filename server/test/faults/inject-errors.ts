import { Client, DatabaseError } from 'pg';
import { drawer } from '../../src/engine/testing/chance.ts';

/** What a database in trouble says (SQLSTATE), and whether the connection survives it. */
const KINDS = {
  '40001': 'could not serialize access due to concurrent update',
  '40P01': 'deadlock detected',
  '57P01': 'terminating connection due to administrator command',
  '53300': 'sorry, too many clients already',
  '08006': 'server closed the connection unexpectedly',
} as const;
export type InjectedState = keyof typeof KINDS;
export const INJECTED_STATES = Object.keys(KINDS) as InjectedState[];

export interface InjectionOptions {
  seed: number;
  /** Of all statements, this share fails: 0.005 is half a per cent. */
  rate: number;
  /** Beside that, each statement that was seen fails once by each state, as soon as chance lets it: what has not fired can be asked for. */
  eachOnce?: boolean;
}

export interface ErrorInjection {
  /** From the start, nothing fails: a rate from the first statement on would test the start, again and again. */
  begin(): void;
  /** Nothing fails any more. */
  end(): void;
  /** How often each state was injected. */
  byState(): Record<InjectedState, number>;
  /** Statements that came while errors were on, with how many of each state they met. */
  byStatement(): ReadonlyMap<string, ReadonlyMap<InjectedState, number>>;
  /** `statement state` of those that came `atLeast` times and have not failed so yet. */
  missing(atLeast: number): string[];
  /** The client is as it was. */
  remove(): void;
}

const EACH_ONCE_SHARE = 4; // one of so many calls of a statement that still has a state to meet
const ENDS_CONNECTION: ReadonlySet<InjectedState> = new Set(['57P01', '08006']);

/**
 * Makes statements of the platform's own pools fail in this process, at the one place that all of them pass: the client's `query`. Half of the lost
 * connections are lost after the statement was carried out. Connections of tests and of LISTEN are let be.
 */
export function injectErrors({ seed, rate, eachOnce = false }: InjectionOptions): ErrorInjection {
  const draw = drawer(`errors/${seed}`);
  const calls = new Map<string, number>();
  const fired = new Map<string, Map<InjectedState, number>>();
  const original = Client.prototype.query;
  let isOn = false;

  const choose = (statement: string): InjectedState | undefined => {
    calls.set(statement, (calls.get(statement) ?? 0) + 1);
    const met = fired.get(statement) ?? new Map<InjectedState, number>();
    fired.set(statement, met);
    const open = eachOnce ? INJECTED_STATES.filter((state) => !met.has(state)) : [];
    const isDue = open.length > 0 && draw(EACH_ONCE_SHARE) === 0;
    if (!isDue && draw(1_000_000) >= rate * 1_000_000) return undefined;
    const from = isDue ? open : INJECTED_STATES;
    const state = from[draw(from.length)] as InjectedState;
    met.set(state, (met.get(state) ?? 0) + 1);
    return state;
  };

  function query(this: Client, ...parameters: unknown[]): unknown {
    const statement = isOn && isPlatforms(this) ? statementOf(parameters[0]) : undefined;
    const state = statement === undefined ? undefined : choose(statement);
    if (state === undefined) return Reflect.apply(original, this, parameters);
    const error = errorOf(state);
    const answer = parameters.find((one) => typeof one === 'function') as ((error: Error) => void) | undefined;
    const failing = state === '08006' && draw(2) === 0 ? doneThenLost(this, original, parameters[0]) : Promise.resolve();
    const failed = failing.then(() => {
      if (ENDS_CONNECTION.has(state)) this.connection.stream.destroy();
      throw error;
    });
    if (answer === undefined) return failed;
    void failed.catch(answer);
    return undefined;
  }
  Client.prototype.query = query as unknown as typeof original;

  return {
    begin: () => {
      isOn = true;
    },
    end: () => {
      isOn = false;
    },
    byState: () => {
      const sums = Object.fromEntries(INJECTED_STATES.map((state) => [state, 0])) as Record<InjectedState, number>;
      for (const met of fired.values()) for (const [state, n] of met) sums[state] += n;
      return sums;
    },
    byStatement: () => fired,
    missing: (atLeast) =>
      [...fired]
        .filter(([statement]) => (calls.get(statement) ?? 0) >= atLeast)
        .flatMap(([statement, met]) => INJECTED_STATES.filter((state) => !met.has(state)).map((state) => `${statement} ${state}`)),
    remove: () => {
      Client.prototype.query = original;
    },
  };
}

/** The statement is carried out, and its answer thrown away; that it failed by itself is the same to who does not hear of it. */
async function doneThenLost(client: Client, original: typeof Client.prototype.query, config: unknown): Promise<void> {
  await (Reflect.apply(original, client, [config]) as Promise<unknown>).catch(() => {});
}

function errorOf(state: InjectedState): Error {
  const error = new DatabaseError(KINDS[state], KINDS[state].length, 'error');
  return Object.assign(error, { code: state, severity: ENDS_CONNECTION.has(state) ? 'FATAL' : 'ERROR' });
}

const isPlatforms = (client: Client): boolean => {
  const { application_name: name } = (client as unknown as { connectionParameters: { application_name?: string } }).connectionParameters;
  return name === 'flow engine' || name === 'flow api';
};

/** The engine's by their names, those of the API by their beginnings: `select flows`, `insert into task_outputs`. ROLLBACK is let be: its failure hides what failed before it. */
function statementOf(config: unknown): string | undefined {
  const { name, text } = typeof config === 'string' ? { name: undefined, text: config } : (config as { name?: string; text: string });
  if (/^\s*rollback/i.test(text)) return undefined;
  if (name?.includes('/')) return name.replace(/\/\d+$/, '');
  const table = text.match(/\b(?:from|into|update)\s+"?(\w+)/i)?.[1];
  return [text.trim().split(/\s+/, 1)[0]?.toLowerCase(), table].filter(Boolean).join(' ');
}
