import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { styleText } from 'node:util';
import { type FlowClient, type PublishedFlow, publishFlow, startRun, uploadFile } from '@flow-platform/sdk';
import { defineCommand } from 'citty';
import { type Json, type JsonObject, readConfig } from '#base';
import { catalogue } from '#executors';
import { checkDefinition } from '#language';
import { openSession } from './local-session.ts';
import { printLines } from './logs.ts';
import { guarded } from './report-failure.ts';
import { showProgress } from './show-progress.ts';
import { stopSignal } from './stop-signal.ts';
import { readTaskLogs } from './task-logs.ts';
import { formatWithLine } from './validate.ts';
import { type WatchedExecution, watchExecution } from './watch-execution.ts';

/** What the extension says of a file; the server looks at the bytes where it says nothing. */
const CONTENT_TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.webp': 'image/webp',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.eml': 'message/rfc822',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.json': 'application/json',
};

/** `flow run FILE.yaml --input k=v --file PATH`: publishes the flow, runs it once, shows the tasks. Exit code 0 where it completed, else 1. */
export const run = defineCommand({
  meta: { name: 'run', description: 'Run a flow once and show its tasks' },
  args: {
    definition: { type: 'positional', description: 'The definition, YAML or JSON', required: true },
    input: { type: 'string', description: 'key=value of the input; the value may be JSON; may be repeated' },
    file: { type: 'string', description: 'A document to upload; its address becomes part of the input' },
    server: { type: 'string', description: 'A server to run it on (FLOW_SERVER); else a platform of its own in the data folder' },
    key: { type: 'string', description: 'API key for the server (FLOW_API_KEY)' },
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print the execution and its outputs as JSON, no progress' },
    logs: { type: 'boolean', description: 'Print what its tasks logged, on standard error' },
  },
  run: guarded(async ({ args, rawArgs }) => {
    const text = await readFile(args.definition, 'utf8');
    const checked = checkDefinition(text, catalogue);
    if (checked.faults.length > 0) {
      for (const fault of checked.faults) process.stderr.write(`${formatWithLine(args.definition, text.split('\n'), fault)}\n`);
      process.exitCode = 1;
      return;
    }
    const signal = stopSignal();
    const config = readConfig(process.env, { dataDir: args.data, server: args.server, apiKey: args.key });
    const session = await openSession(config, signal);
    try {
      const flow = await publishFlow(session.client, checked.name ?? basename(args.definition), text);
      const input = await buildInput(session.client, flow.id, repeated(rawArgs, '--input'), args.file);
      const state = await execute(session.client, flow, input, args.json === true, signal);
      if (args.logs)
        await readTaskLogs(session.client, state.id, { follow: false, signal }, (lines) => printLines(lines, false, process.stderr));
      process.exitCode = state.status === 'completed' ? 0 : 1;
    } finally {
      await session.close();
    }
  }),
});

async function execute(
  client: FlowClient,
  flow: PublishedFlow,
  input: JsonObject,
  quiet: boolean,
  signal: AbortSignal,
): Promise<WatchedExecution> {
  const { id } = await startRun(client, { flowId: flow.id, input });
  const watch = (onChange: (state: WatchedExecution) => void) => watchExecution(client, id, flow.tasks, onChange, signal);
  if (quiet) {
    const state = await watch(() => {});
    reportFailedTasks(state);
    process.stdout.write(
      `${JSON.stringify({ id: state.id, status: state.status, flow_id: flow.id, flow_version: flow.version, tasks: state.tasks }, null, 2)}\n`,
    );
    return state;
  }
  const [state] = await showProgress([{ title: `${flow.displayName} (version ${flow.version})`, tasks: flow.tasks, run: watch }]);
  if (!state) throw new Error('The run could not be followed to its end');
  reportFailedTasks(state);
  const last = state.tasks.findLast((task) => task.status === 'completed'); // the way that the run took: what comes after it was skipped
  if (state.status === 'completed' && last)
    process.stdout.write(`\n${styleText('bold', last.name)}\n${JSON.stringify(last.output, null, 2)}\n`);
  return state;
}

/** Which tasks failed and why, on standard error: the last thing that a log of a failed run shows. */
function reportFailedTasks(state: WatchedExecution): void {
  for (const { name, status, error } of state.tasks) {
    if (status === 'failed')
      process.stderr.write(`Task ${name} failed: ${error?.message ?? 'no reason given'} (${error?.code ?? 'unknown'})\n`);
  }
}

async function buildInput(client: FlowClient, flowId: string, pairs: string[], path: string | undefined): Promise<JsonObject> {
  const input: JsonObject = {};
  if (path !== undefined) {
    const contentType = CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
    const file = await uploadFile(client, flowId, { bytes: await readFile(path), filename: basename(path), contentType });
    Object.assign(input, { file_key: file.fileKey, document_url: file.uri, filename: basename(path), mime_type: contentType });
  }
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Error(`--input takes key=value, not '${pair}'`);
    input[pair.slice(0, at)] = parseValue(pair.slice(at + 1));
  }
  return input;
}

/** `3`, `true`, `{"a":1}` and `"text"` are JSON; anything else is text. */
function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Every value of an option that may be repeated, as `--name value` or `--name=value`. */
function repeated(rawArgs: string[], name: string): string[] {
  return rawArgs.flatMap((arg, i) =>
    arg.startsWith(`${name}=`)
      ? [arg.slice(name.length + 1)]
      : arg === name
        ? rawArgs[i + 1] !== undefined
          ? [rawArgs[i + 1] as string]
          : []
        : [],
  );
}
