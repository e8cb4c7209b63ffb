import { dataOf, type FlowClient } from './create-flow-client.ts';

export interface FileToUpload {
  bytes: Uint8Array<ArrayBuffer>;
  filename: string;
  contentType: string;
}

export interface UploadedFile {
  /** gs:// address: what a run's input names as `document_url`. */
  uri: string;
  fileKey: string;
}

/** Stores a document for a flow. Throws ApiError. */
export async function uploadFile(client: FlowClient, flowId: string, file: FileToUpload): Promise<UploadedFile> {
  const query = { content_type: file.contentType, filename: file.filename };
  const target = (await dataOf(client.api.POST('/api/flows/{flow_id}/upload-url', { params: { path: { flow_id: flowId }, query } }))) as {
    upload_url: string;
    uri: string;
    file_key: string;
  };
  await client.send('PUT', target.upload_url, { headers: { 'Content-Type': file.contentType }, body: file.bytes });
  return { uri: target.uri, fileKey: target.file_key };
}
