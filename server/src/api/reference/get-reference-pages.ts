import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { llmsIndex } from './llms-index.ts';
import { listOperations, type OpenApiDocument } from './openapi-types.ts';
import { operationPage } from './operation-page.ts';
import { type ReadPage, readPages } from './read-pages.ts';

const CACHE = 'public, max-age=60';

interface Pages {
  index: string;
  /** By path below /docs/. */
  texts: Map<string, string>;
}

/** GET /llms.txt, /docs/operations/{operation_id}.md and the pages of docs/ as /docs/guides/... and /docs/reference/...: made when first asked for. */
export function getReferencePages(app: FlowApp, deps: ApiDeps): void {
  let made: Promise<Pages> | undefined;
  const pages = () => {
    made ??= readPages().then((read) => makePages(app.swagger() as unknown as OpenApiDocument, read, deps.publicUrl()));
    return made;
  };
  app.get('/llms.txt', { config: { operation: 'get_llms_index' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('Cache-Control', CACHE)
      .send((await pages()).index as never),
  );
  for (const folder of ['operations', 'guides', 'reference']) {
    const options = { config: { operation: 'get_documentation_page' as const }, schema: { hide: true } };
    app.get<{ Params: { '*': string } }>(`/docs/${folder}/*`, options, async (request, reply) => {
      const path = `${folder}/${request.params['*']}`;
      const text = (await pages()).texts.get(path);
      if (text === undefined) throw notFound('Page', path);
      return reply
        .type('text/markdown; charset=utf-8')
        .header('Cache-Control', CACHE)
        .send(text as never);
    });
  }
}

function makePages(document: OpenApiDocument, read: readonly ReadPage[], baseUrl: string): Pages {
  const operations = listOperations(document).map((operation) => ({
    path: `operations/${operation.operationId}.md`,
    text: operationPage(document, operation),
  }));
  return {
    index: llmsIndex(document, read, baseUrl),
    texts: new Map([...read, ...operations].map(({ path, text }) => [path, text])),
  };
}
