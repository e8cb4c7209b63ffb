import { limitSuggestions, type Suggest } from './nearest-name.ts';

/** A place in a definition, from the config root: `['tasks', 1, 'task_executor_name']`. */
export type Loc = (string | number)[];

/** One-based, of the text that a definition was written in. */
export interface Position {
  line: number;
  column: number;
}

/**
 * `error`: it cannot be a graph, or a value has the wrong type; such a definition is refused. `incomplete`: merely unfinished (no tasks, no
 * input task, a required parameter missing); it may be stored as a draft, but neither published nor run (core.md C7).
 */
export type Severity = 'error' | 'incomplete';

/** One thing that is wrong with a definition, and where. */
export interface Fault {
  /** Dotted, from the config root: `tasks.1.task_executor_name`. Empty for the document as a whole. */
  path: string;
  loc: Loc;
  message: string;
  /** snake_case, for programs: docs/reference/flow-language.md lists them. */
  type: string;
  severity: Severity;
  /** The offending value, where it helps and is small. */
  input?: unknown;
  line?: number;
  column?: number;
}

/** `"<path>: <message>"`: an entry of the details of `invalid_dsl_input` (core.md 1.3). */
export const formatFault = (fault: Fault): string => (fault.path === '' ? fault.message : `${fault.path}: ${fault.message}`);

/** An entry of `validation_errors` (ErrorDetails of the wire). */
export const toErrorDetails = (fault: Fault): { type: string; loc: Loc; msg: string; input: unknown } => ({
  type: fault.type,
  loc: fault.loc,
  msg: fault.message,
  input: fault.input ?? null,
});

export interface FaultOptions {
  severity?: Severity;
  input?: unknown;
  /** Where the text itself says where; else the position of `loc` is looked up. */
  position?: Position;
}

/** Gathers faults: nothing stops at the first, but there is an end. */
export interface Faults {
  list: Fault[];
  suggest: Suggest;
  add(loc: Loc, type: string, message: string, options?: FaultOptions): void;
}

/** More than anybody mends at once; a hostile definition of 5 MB could have half a million. */
const MAX_FAULTS = 1000;
const MAX_SUGGESTIONS = 100;
const MAX_INPUT_CHARACTERS = 500;

/** What is quoted back must not be as large as the definition itself. */
function quotable(input: unknown): unknown {
  if (typeof input === 'string') return input.length > MAX_INPUT_CHARACTERS ? `${input.slice(0, MAX_INPUT_CHARACTERS)}...` : input;
  if (typeof input !== 'object' || input === null) return input;
  return JSON.stringify(input).length > MAX_INPUT_CHARACTERS ? undefined : input;
}

export function collectFaults(locate?: (loc: Loc) => Position | undefined, list: Fault[] = []): Faults {
  return {
    list,
    suggest: limitSuggestions(MAX_SUGGESTIONS),
    add(loc, type, message, options = {}) {
      if (list.length > MAX_FAULTS) return;
      if (list.length === MAX_FAULTS) {
        const more = `There are more faults: these are the first ${MAX_FAULTS}`;
        list.push({ path: '', loc: [], message: more, type: 'more_faults', severity: 'error' });
        return;
      }
      const fault: Fault = { path: loc.join('.'), loc, message, type, severity: options.severity ?? 'error' };
      const input = quotable(options.input);
      if (input !== undefined) fault.input = input;
      const position = options.position ?? locate?.(loc);
      if (position) {
        fault.line = position.line;
        fault.column = position.column;
      }
      list.push(fault);
    },
  };
}

/** Faults in the order of the text where it is known, else as they were found. */
export function sortFaults(faults: Fault[]): Fault[] {
  return faults.every((fault) => fault.line !== undefined)
    ? faults.toSorted((a, b) => (a.line as number) - (b.line as number) || (a.column as number) - (b.column as number))
    : faults;
}
