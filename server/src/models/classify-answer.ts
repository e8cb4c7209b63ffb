import type { JsonObject, JsonSchema } from '#base';
import type { Document } from '#documents';
import { classifyDocument } from './local/classes/classify-document.ts';
import { locateText } from './local/classes/locate-text.ts';
import type { Classification, ClassSpec } from './model.ts';

/** What the endpoint answers where none of the classes fits; no class may be called so twice. */
const NONE = 'none_of_these';

/** A model is never surer than this by itself: what it says of its own sureness is no measurement. */
const MOST_SURE = 0.9;
/** Of an answer whose quote stands on no page. */
const UNFOUNDED = 0.5;
/** The doubt left when rules and model, which share no code and no habit, say the same. */
const AGREED = 0.4;

/** The question, with the classes as the flow's author describes them. */
export const classifyTask = (classes: readonly ClassSpec[]): string[] => [
  `You tell which kind of document one document is, and answer with JSON that fits the schema. Answer '${NONE}' where no kind fits; never guess.`,
  'quote is a short text of the document, copied as it is printed, that shows the kind; confidence is between 0 and 1.',
  `The kinds: ${JSON.stringify(classes.map(({ name, description, examples, keywords }) => ({ name, description, examples, keywords })))}`,
];

/** In the strict form that OpenAI-compatible endpoints enforce. */
export const classAnswerSchema = (classes: readonly ClassSpec[]): JsonSchema => ({
  type: 'object',
  properties: {
    class: { type: 'string', enum: [...new Set([...classes.map(({ name }) => name), NONE])] },
    confidence: { type: 'number' },
    reason: { type: 'string' },
    quote: { type: ['string', 'null'] },
  },
  required: ['class', 'confidence', 'reason', 'quote'],
  additionalProperties: false,
});

/**
 * A model's answer as a classification. Its quote is looked for on the pages: one that stands on none makes the answer weak. What the rules
 * say too is surer than either.
 */
export function toClassification(answer: JsonObject, document: Document, classes: ClassSpec[]): Omit<Classification, 'model' | 'usage'> {
  const local = classifyDocument(document, classes);
  const chosen = classes.findIndex(({ name }) => name === answer['class']);
  const said = Math.min(MOST_SURE, Math.max(0, Number(answer['confidence']) || 0));
  const quote = typeof answer['quote'] === 'string' ? answer['quote'] : '';
  const place = locateText(quote, document);
  const founded = place === undefined && !isQuoted(quote, document) ? Math.min(said, UNFOUNDED) : said;
  const best = chosen < 0 ? local.best : chosen;
  const agrees = local.best === chosen && local.confidence >= UNFOUNDED;
  const confidence = chosen < 0 ? Math.min(local.scores[best] ?? 0, 1 - founded) : agrees ? 1 - (1 - founded) * AGREED : founded;
  return {
    best,
    confidence: Math.round(confidence * 1000) / 1000,
    scores: sharesOf(best, confidence, local.scores),
    reason: String(answer['reason'] ?? '').slice(0, 500) || 'the model gave no reason',
    evidence: place === undefined ? [] : [place],
  };
}

/** A text whose pages are not known can still be searched. */
const isQuoted = (quote: string, document: Document): boolean => quote.trim().length > 2 && document.text.includes(quote.trim());

/** The rest of 1 is divided as the rules see it. */
function sharesOf(best: number, confidence: number, local: readonly number[]): number[] {
  const others = 1 - (local[best] ?? 0);
  return local.map((score, index) => {
    const share = index === best ? confidence : others > 0 ? ((1 - confidence) * score) / others : 0;
    return Math.round(share * 1000) / 1000;
  });
}
