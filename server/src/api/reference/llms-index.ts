import { listOperations, type OpenApiDocument } from './openapi-types.ts';

/** A page of the docs folder, by its path below it and its first heading. */
export interface DocumentPage {
  path: string;
  title: string;
}

/** /llms.txt (llmstxt.org): where a program that reads finds what it needs, each page as Markdown. */
export function llmsIndex(document: OpenApiDocument, pages: readonly DocumentPage[], baseUrl: string): string {
  const operations = listOperations(document);
  const tags = (document.tags ?? []).map(({ name, description }) => {
    const lines = operations
      .filter((operation) => operation.tags?.[0] === name)
      .map(({ operationId, summary, method, path }) => `- [${method} ${path}](${baseUrl}/docs/operations/${operationId}.md): ${summary}`);
    return lines.length === 0 ? undefined : `## ${name}\n\n${description}\n\n${lines.join('\n')}`;
  });
  const sections = [
    `# ${document.info.title}`,
    `> ${document.info.description}`,
    `The whole API as OpenAPI 3.1: ${baseUrl}/api/openapi.json. A page for people: ${baseUrl}/docs.`,
    `## Documentation\n\n${pages.map(({ path, title }) => `- [${title}](${baseUrl}/docs/${path})`).join('\n')}`,
    ...tags.filter((section) => section !== undefined),
  ];
  return `${sections.join('\n\n')}\n`;
}
