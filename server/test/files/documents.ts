import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { flatDefinition } from '../flows/definitions.ts';
import type { TestClient } from '../support/test-client.ts';

export const MEGABYTE = 1024 * 1024;
export const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(5000)]);

export interface UploadUrl {
  upload_url: string;
  file_key: string;
  uri: string;
  content_type: string;
}

export interface UploadedFile {
  file_key: string;
  size: number;
  content_type: string;
  filename: string | null;
  metadata: Record<string, string>;
}

/** PUT of raw bytes, as whoever holds the URL does it. */
export async function put(url: string, bytes: Buffer | string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(Buffer.from(bytes)), headers });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** The documents of one new flow of the client's. */
export async function createDocuments(client: TestClient, display_name = 'Documents') {
  const flow = await client.post('/api/flows', { display_name, definition: flatDefinition() });
  const flowId: string = flow.body.id;
  const uploadUrl = async (query = ''): Promise<UploadUrl> => {
    const { status, body } = await client.post(`/api/flows/${flowId}/upload-url${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };
  const upload = async (bytes: Buffer | string = PDF, query = '?content_type=application/pdf', headers: Record<string, string> = {}) => {
    const url = await uploadUrl(query);
    const answer = await put(url.upload_url, bytes, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return { ...url, file: answer.body as UploadedFile };
  };
  return { flowId, uploadUrl, upload };
}
