import type { Executor } from './contract.ts';
import { delay } from './delay/delay.ts';
import { docToStructured } from './doc-to-structured/doc-to-structured.ts';
import { docToText } from './doc-to-text/doc-to-text.ts';
import { formatData } from './format-data/format-data.ts';
import { httpRequest } from './http-request/http-request.ts';
import { receiveFile } from './receive-file/receive-file.ts';
import { webhookNotification } from './webhook-notification/webhook-notification.ts';

/** What flows can be made of. */
export interface Catalogue {
  /** By name or alias; undefined where there is none. */
  get(name: string): Executor | undefined;
  /** Each once, by name. */
  list(): Executor[];
}

/** Every executor has its line here; nothing else makes it known. */
const EXECUTORS: readonly Executor[] = [delay, docToStructured, docToText, formatData, httpRequest, receiveFile, webhookNotification];

/** Older names of the same thing (core.md section 5); one counts only once its target is here. */
const ALIASES: Readonly<Record<string, string>> = { webhook_receive: 'webhook_receiver', notify_webhook: 'webhook_notification' };

const byName = new Map(EXECUTORS.map((executor) => [executor.name, executor]));

export const catalogue: Catalogue = {
  get: (name) => byName.get(Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name),
  list: () => [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
};
