// One interface to what reads fields out of a document, and tells kinds of documents apart: the local model (labels, layout, validators) and any OpenAI-compatible endpoint.
// Promises evidence for each value, or a `ModelError` with a code; a value that is not on the page gets no box and no confidence.
// Never keeps a document, and calls out only through the fetch that it is given.
export { asksModel } from './asks-model.ts';
export { createModels } from './create-models.ts';
export type { Classification, ClassSpec, Evidence, EvidenceMap, Extraction, FieldSpec, Model, Models } from './model.ts';
export { ModelError } from './model-error.ts';
