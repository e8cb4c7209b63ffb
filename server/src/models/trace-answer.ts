import { isJsonObject, type Json, type JsonObject, type TaskLog } from '#base';
import type { Document } from '#documents';
import { legibility, strengthen } from './local/candidate.ts';
import { canonicalType } from './local/fields.ts';
import type { Reader } from './local/kinds/kind.ts';
import { readerOf } from './local/kinds/readers.ts';
import type { SearchKind } from './local/labels/concept.ts';
import { boxOf, type Layout, layoutOf, type Piece, textOf } from './local/layout.ts';
import { createLocalModel } from './local/local-model.ts';
import { habitsOf, pageOf, type ReadingContext } from './local/reading-context.ts';
import { tokensOf } from './local/tokens.ts';
import type { Evidence, EvidenceMap, Extraction, FieldSpec } from './model.ts';

/** A value that stands on the page once; where several places say it, which one was meant is open. */
const TRACED = 0.72;
const TRACED_OFTEN = 0.65;
/** The doubt left when rules and model, which share no code and no habit, read the same. */
const AGREED = 0.3;

const KINDS: Record<string, SearchKind> = {
  int: 'number',
  float: 'number',
  money: 'amount',
  date: 'date',
  datetime: 'datetime',
  email: 'email',
  phone: 'phone',
  iban: 'iban',
  url: 'url',
};

type Habits = ReadingContext['habits'];

interface Page {
  layout: Layout;
  habits: Habits;
  pieces: Piece[];
}

/**
 * The values of a model's answer with their places on the pages. A model can state what no page says: such a value gets no box, no page
 * and confidence 0. What the rules of the local model find too is surer than either.
 */
export async function traceAnswer(
  answer: JsonObject,
  document: Document,
  fields: FieldSpec[],
  options: { signal: AbortSignal; log: TaskLog },
): Promise<Pick<Extraction, 'values' | 'evidence'>> {
  const layout = layoutOf(document);
  const pieces = layout.pages.flatMap((page) => page.rows.flatMap((row) => row.pieces));
  const page: Page = { layout, habits: habitsOf(layout), pieces };
  const local = await createLocalModel().extract(document, fields.filter(isScalar), options);
  const values: [string, Json][] = [];
  const evidence: [string, Extraction['evidence'][string]][] = [];
  for (const field of fields) {
    const traced = traceField(own(answer, field.id), field, page, local);
    values.push([field.id, traced.value]);
    evidence.push([field.id, traced.evidence]);
  }
  return { values: Object.fromEntries(values), evidence: Object.fromEntries(evidence) };
}

const isScalar = (field: FieldSpec): boolean => !['table', 'object'].includes(canonicalType(field.dataType));

function traceField(
  given: Json,
  field: FieldSpec,
  page: Page,
  local: Extraction | undefined,
): { value: Json; evidence: Evidence | EvidenceMap[] } {
  return isScalar(field) ? traceScalar(given, field, page, local) : traceRows(given, field, page);
}

const own = (row: JsonObject, id: string): Json => (Object.hasOwn(row, id) ? (row[id] ?? null) : null);

function traceRows(given: Json, field: FieldSpec, page: Page): { value: Json; evidence: EvidenceMap[] } {
  const rows = Array.isArray(given) ? given : isJsonObject(given) ? [given] : [];
  const traced = rows
    .filter(isJsonObject)
    .map((row) => field.columns.map((column) => [column.id, traceField(own(row, column.id), column, page, undefined)] as const));
  const objects = traced.map((row) => Object.fromEntries(row.map(([id, cell]) => [id, cell.value])));
  const value = canonicalType(field.dataType) === 'table' ? objects : (objects[0] ?? null);
  return { value, evidence: traced.map((row) => Object.fromEntries(row.map(([id, cell]) => [id, cell.evidence]))) };
}

function traceScalar(given: Json, field: FieldSpec, page: Page, local: Extraction | undefined): { value: Json; evidence: Evidence } {
  const nothing: Evidence = { confidence: 0, page: null, box: null, text: null, reason: 'the model found no such value' };
  if (given === null) return { value: null, evidence: nothing };
  const kind = KINDS[canonicalType(field.dataType)];
  const value = kind === undefined ? given : normalized(given, kind, page.habits);
  if (value === undefined)
    return { value: null, evidence: { ...nothing, reason: `the model answered '${shorten(given)}', which is no ${field.dataType}` } };
  const byRules = local?.evidence[field.id];
  if (
    local !== undefined &&
    byRules !== undefined &&
    !Array.isArray(byRules) &&
    byRules.box !== null &&
    JSON.stringify(local.values[field.id]) === JSON.stringify(value)
  ) {
    const confidence = Math.round(strengthen(Math.max(byRules.confidence, TRACED), AGREED) * legibilityOf(byRules) * 1000) / 1000;
    return { value, evidence: { ...byRules, confidence, reason: `${byRules.reason}; the model reads the same` } };
  }
  const places = kind === undefined ? placesOfText(String(value), page.pieces) : placesOfValue(value, readerOf(kind, []), page);
  return { value, evidence: evidenceAt(places, value, page.layout) };
}

/** Rules have weighed the letters already; only an unreadable place must stay low. */
const legibilityOf = (evidence: Evidence): number => (evidence.confidence < 0.3 ? 0.7 : 1);

const shorten = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 100);

/** The value in the form of its type: models write dates and IBANs as they like. */
function normalized(given: Json, kind: SearchKind, habits: Habits): Json | undefined {
  if (typeof given === 'number') return given;
  const pieces = String(given)
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text, i) => ({ text, confidence: 1, page: 1, x0: i * 10, x1: i * 10 + 9, y0: 0, y1: 10 }));
  const reading = readerOf(kind, [])(pieces, 0, kind === 'date' || kind === 'datetime' ? habits : { ...habits, decimal: '.' });
  return reading === undefined || reading.problem !== undefined || reading.length < pieces.length ? undefined : reading.value;
}

interface Place {
  pieces: Piece[];
  /** 0..1: how little chance there is in it. A bare 1 stands on every page. */
  weight: number;
}

function evidenceAt(places: Place[], value: Json, layout: Layout): Evidence {
  const place = places[0];
  const first = place?.pieces[0];
  if (place === undefined || first === undefined) {
    return { confidence: 0, page: null, box: null, text: null, reason: `the model answered '${shorten(value)}', which stands on no page` };
  }
  const once = places.length === 1;
  const confidence = Math.round((once ? TRACED : TRACED_OFTEN) * place.weight * legibility(place.pieces) * 1000) / 1000;
  const onPage = place.pieces.filter((piece) => piece.page === first.page);
  const reason = once
    ? `the model's answer stands on page ${first.page}`
    : `the model's answer stands in ${places.length} places, first on page ${first.page}`;
  return { confidence, page: first.page, box: boxOf(onPage, pageOf(layout, first.page)), text: textOf(place.pieces), reason };
}

function placesOfValue(value: Json, reader: Reader, page: Page): Place[] {
  const places: Place[] = [];
  for (let at = 0; at < page.pieces.length; at++) {
    const reading = reader(page.pieces, at, page.habits);
    if (reading !== undefined && reading.value === value)
      places.push({ pieces: page.pieces.slice(at, at + reading.length), weight: reading.quality });
  }
  return places.sort((a, b) => b.weight - a.weight);
}

/** Where the words of a text stand: one after another, or, as an address does, line by line on one page. */
function placesOfText(text: string, pieces: Piece[]): Place[] {
  const printed = pieces.flatMap((piece, index) => tokensOf(piece.text).map((token) => ({ text: token.text, index })));
  const whole = runsOf(text, printed, pieces);
  if (whole.length > 0) return whole.map((run) => ({ pieces: run, weight: text.length < 3 ? SHORT_TEXT : 1 }));
  const lines = text.split(/[,;\n]+/).filter((line) => tokensOf(line).length > 0);
  const runs = lines.map((line) => runsOf(line, printed, pieces)[0]);
  const page = runs[0]?.[0]?.page;
  if (lines.length < 2 || !runs.every((run) => run !== undefined && run[0]?.page === page)) return [];
  return [{ pieces: runs.flatMap((run) => run ?? []), weight: IN_LINES }];
}

const SHORT_TEXT = 0.6;
const IN_LINES = 0.9;

/** Runs of words that are this text, compared as labels are: without case, accents and punctuation. */
function runsOf(text: string, printed: { text: string; index: number }[], pieces: Piece[]): Piece[][] {
  const wanted = tokensOf(text.slice(0, 4000)).map((token) => token.text);
  const first = wanted[0];
  if (first === undefined) return [];
  const runs: Piece[][] = [];
  for (let at = 0; at + wanted.length <= printed.length; at++) {
    if (printed[at]?.text !== first || !wanted.every((token, i) => printed[at + i]?.text === token)) continue;
    runs.push(pieces.slice(printed[at]?.index, (printed[at + wanted.length - 1]?.index ?? 0) + 1));
  }
  return runs;
}
