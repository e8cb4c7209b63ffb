import { styleText } from 'node:util';
import { defineCommand } from 'citty';
import { readConfig } from '#base';
import { openSession } from './local-session.ts';
import { guarded } from './report-failure.ts';
import { stopSignal } from './stop-signal.ts';
import { readTaskLogs, type ShownLine } from './task-logs.ts';

/** `flow logs ID [--follow]`: what the tasks of a flow execution, or one task execution, logged; with --follow until it has ended. */
export const logs = defineCommand({
  meta: { name: 'logs', description: 'Show what the tasks of a run logged' },
  args: {
    id: { type: 'positional', description: 'A flow execution, or one task execution', required: true },
    follow: { type: 'boolean', alias: 'f', description: 'Go on until it has ended' },
    level: { type: 'string', description: 'The least level: debug, info, warn or error' },
    server: { type: 'string', description: 'A server to ask (FLOW_SERVER); else a platform of its own in the data folder' },
    key: { type: 'string', description: 'API key for the server (FLOW_API_KEY)' },
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print one JSON object a line' },
  },
  run: guarded(async ({ args }) => {
    const signal = stopSignal();
    const config = readConfig(process.env, { dataDir: args.data, server: args.server, apiKey: args.key });
    const session = await openSession(config, signal);
    try {
      const options = { follow: args.follow === true, level: args.level, signal };
      await readTaskLogs(session.client, args.id, options, (lines) => printLines(lines, args.json === true));
    } finally {
      await session.close();
    }
  }),
});

export function printLines(lines: readonly ShownLine[], asJson: boolean, to: NodeJS.WriteStream = process.stdout): void {
  for (const line of lines) to.write(`${asJson ? JSON.stringify(line) : formatLine(line, to)}\n`);
}

const COLORS: Record<string, 'dim' | 'yellow' | 'red' | 'green'> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' };

/** `11:41:49.351 warn  invoice: the model missed the schema {"attempt":1}` */
function formatLine({ created_at, level, task, attempt, message, fields }: ShownLine, stream: NodeJS.WriteStream): string {
  const time = styleText('dim', created_at.slice(11, 23), { stream });
  const word = styleText(COLORS[level] ?? 'green', level.padEnd(5), { stream });
  const name = styleText('bold', attempt > 1 ? `${task} (attempt ${attempt})` : task, { stream });
  return `${time} ${word} ${name}: ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`;
}
