import { isForbidden, type Path, parsePath } from './read-path.ts';
import type { TaskNames } from './task-names.ts';

/** What a reference begins with. A task's name goes before the reserved words. */
export type Root = { kind: 'task'; task: string } | { kind: 'input' | 'item' | 'execution' | 'secrets' };

export interface Reference {
  root: Root;
  path: Path;
  /** As written, without the braces. */
  text: string;
}

export interface ReferenceFault {
  type: string;
  message: string;
  /** Character of the text. */
  offset: number;
}

/** A text with references in it, taken apart. It is one whole reference where `parts` is that reference alone. */
export interface Template {
  parts: (string | Reference)[];
  faults: ReferenceFault[];
}

const RESERVED = ['input', 'item', 'execution', 'secrets'] as const;
const MAX_REFERENCE = 1000; // longer than any name and path; bounds the search for a name's end

export const hasReference = (text: string): boolean => text.includes('{{');

export const isWhole = (template: Template): boolean => template.parts.length === 1 && typeof template.parts[0] === 'object';

/**
 * Finds the references of a text: `{{task.field}}`, `{{input.x}}`, `{{item}}`, `{{execution.id}}`, `{{secrets.NAME}}`. `\{{` is a plain `{{`.
 * Names are matched longest first, so that they may hold dots, blanks and hyphens.
 */
export function findReferences(text: string, names: TaskNames): Template {
  const template: Template = { parts: [], faults: [] };
  let literal = '';
  let at = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    if (text[open - 1] === '\\' && open > at) {
      literal += `${text.slice(at, open - 1)}{{`;
      at = open + 2;
      continue;
    }
    const close = text.indexOf('}}', open);
    if (close < 0) {
      template.faults.push({ type: 'reference_syntax', message: 'A reference is opened by {{ but not closed by }}', offset: open });
      break;
    }
    literal += text.slice(at, open);
    if (literal !== '') template.parts.push(literal);
    literal = '';
    at = close + 2;
    addReference(text.slice(open + 2, close).trim(), open, names, template);
  }
  literal += text.slice(at);
  if (literal !== '' || template.parts.length === 0) template.parts.push(literal);
  return template;
}

function addReference(text: string, offset: number, names: TaskNames, template: Template): void {
  const result = parseReference(text, names);
  if ('root' in result) template.parts.push(result);
  else template.faults.push({ ...result, offset });
}

/** One reference, without its braces: what it refers to, or why it cannot. */
export function parseReference(text: string, names: TaskNames): Reference | { type: string; message: string } {
  if (text === '' || text.length > MAX_REFERENCE) {
    return { type: 'reference_syntax', message: text === '' ? 'A reference is empty' : 'A reference is too long' };
  }
  const start = names.findPrefix(text);
  const label = start ? start.task.name : (/^[^.[]*/.exec(text)?.[0] ?? '').trim();
  const reserved = RESERVED.find((word) => word === label);
  if (!start && !reserved) return { type: 'unknown_task', message: unknownTask(label, names) };
  const path = parsePath(start ? start.rest : text.slice(text.indexOf(label) + label.length));
  if (!path) return { type: 'reference_syntax', message: `'${text}' is not a reference: after the name come .field, [0] or ["key"]` };
  const forbidden = path.find(isForbidden);
  if (forbidden !== undefined) return { type: 'forbidden_property', message: `'${forbidden}' can never be referred to` };
  return { root: start ? { kind: 'task', task: start.task.name } : { kind: reserved as (typeof RESERVED)[number] }, path, text };
}

export const unknownTask = (label: string, names: TaskNames): string =>
  `References unknown task '${label}'${names.suggest(label, names.all)}`;
