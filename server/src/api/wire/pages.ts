import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';

/** page, page_size: lists that count pages (core.md 1.5). Spread into a querystring schema. */
export const pageQuery = (options: { defaultSize: number; maxSize: number }) => ({
  page: Type.Integer({ minimum: 1, maximum: 10_000, default: 1, description: 'Page number, from 1' }),
  page_size: Type.Integer({ minimum: 1, maximum: options.maxSize, default: options.defaultSize, description: 'Items a page' }),
});

/** offset, limit: lists that count items. Spread into a querystring schema. */
export const offsetQuery = (options: { defaultLimit: number; maxLimit: number }) => ({
  offset: Type.Integer({ minimum: 0, default: 0, description: 'Items to skip' }),
  limit: Type.Integer({ minimum: 1, maximum: options.maxLimit, default: options.defaultLimit, description: 'Most items to return' }),
});

/** X-Total-Count and, where there is a next page, Link: rel="next" (core.md 1.5). `nextUrl` is absolute. */
export function setListHeaders(reply: FastifyReply, list: { total?: number; nextUrl?: string }): void {
  if (list.total !== undefined) reply.header('X-Total-Count', list.total);
  if (list.nextUrl !== undefined) reply.header('Link', `<${list.nextUrl}>; rel="next"`);
}
