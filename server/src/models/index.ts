export type { Evidence, Extraction, FieldSpec, Model, Models } from './model.ts';
