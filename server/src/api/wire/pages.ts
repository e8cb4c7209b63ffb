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
export function setListHeaders(reply: FastifyReply, list: { total?: number | undefined; nextUrl?: string | undefined }): void {
  if (list.total !== undefined) reply.header('X-Total-Count', list.total);
  if (list.nextUrl !== undefined) reply.header('Link', `<${list.nextUrl}>; rel="next"`);
}

export interface CutPage<Row> {
  shown: Row[];
  /** Absolute; undefined where the list ends with this page. */
  nextUrl: string | undefined;
}

/**
 * A page of a list with `limit` and `starting_after` (core.md G2). `read` is one row more than the page shows, where there are so many: that one tells
 * of a next page, which starts after the last row shown. `markOf` gives a row as `starting_after` names it.
 */
export function cutPage<Row>(
  read: readonly Row[],
  page: { limit: number; markOf: (row: Row) => string | number },
  address: { publicUrl: string; requestUrl: string },
): CutPage<Row> {
  const shown = read.slice(0, page.limit);
  const last = shown.at(-1);
  const hasMore = read.length > page.limit && last !== undefined;
  return { shown, nextUrl: hasMore ? changedUrl(address.publicUrl, address.requestUrl, { starting_after: page.markOf(last) }) : undefined };
}

/** The same request with these parameters changed, absolute: for the page that follows. `requestUrl` is the path with its query. */
export function changedUrl(publicUrl: string, requestUrl: string, change: Record<string, number | string>): string {
  const url = new URL(requestUrl, publicUrl);
  for (const [name, value] of Object.entries(change)) url.searchParams.set(name, String(value));
  return `${publicUrl}${url.pathname}${url.search}`;
}
