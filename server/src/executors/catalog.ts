import { branch } from './branch/branch.ts';
import { classifyDocument } from './classify-document/classify-document.ts';
import type { Executor } from './contract.ts';
import { customFormInput } from './custom-form-input/custom-form-input.ts';
import { delay } from './delay/delay.ts';
import { docToStructured } from './doc-to-structured/doc-to-structured.ts';
import { docToText } from './doc-to-text/doc-to-text.ts';
import { externalTask } from './external-task/external-task.ts';
import { formatData } from './format-data/format-data.ts';
import { httpRequest } from './http-request/http-request.ts';
import { humanInTheLoop } from './human-in-the-loop/human-in-the-loop.ts';
import { receiveFile } from './receive-file/receive-file.ts';
import { runFlow } from './run-flow/run-flow.ts';
import { validation } from './validation/validation.ts';
import { webhookNotification } from './webhook-notification/webhook-notification.ts';
import { webhookReceive } from './webhook-receive/webhook-receive.ts';
import { webhookReceiver } from './webhook-receiver/webhook-receiver.ts';

/** What flows can be made of. */
export interface Catalogue {
  /** By name or alias; undefined where there is none. */
  get(name: string): Executor | undefined;
  /** Each once, by name. */
  list(): Executor[];
}

/** Every executor has its line here; nothing else makes it known. */
const EXECUTORS: readonly Executor[] = [
  branch,
  classifyDocument,
  customFormInput,
  delay,
  docToStructured,
  docToText,
  externalTask,
  formatData,
  httpRequest,
  humanInTheLoop,
  receiveFile,
  runFlow,
  validation,
  webhookNotification,
  webhookReceive,
  webhookReceiver,
];

/** Older names of the same thing (core.md section 5); one counts only once its target is here. */
const ALIASES: Readonly<Record<string, string>> = { classify_text: 'classify_document', notify_webhook: 'webhook_notification' };

const byName = new Map(EXECUTORS.map((executor) => [executor.name, executor]));

export const catalogue: Catalogue = {
  get: (name) => byName.get(Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name),
  list: () => [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
};
