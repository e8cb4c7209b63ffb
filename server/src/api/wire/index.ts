// Schemas and conversions that several tags share: values, errors, pages. What one tag alone says lies beside its routes.
export type { ErrorStatus } from './errors.wire.ts';
export { ErrorResponse, errorResponses, HTTPValidationError } from './errors.wire.ts';
export { type CutPage, changedUrl, cutPage, offsetQuery, pageQuery, setListHeaders } from './pages.ts';
export { AnyJson, AnyObject, Nullable, parseWireTime, readWireTime, Timestamp, toWireTime, Uuid, Words } from './values.ts';
