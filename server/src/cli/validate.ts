import { readFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { defineCommand } from 'citty';
import { catalogue } from '#executors';
import { checkDefinition, type Fault } from '#language';
import { guarded } from './report-failure.ts';

/** `flow validate FILE.yaml`: every fault with its line and column, the line shown. Needs no server and no database. */
export const validate = defineCommand({
  meta: { name: 'validate', description: 'Check a flow definition: every fault with line and column' },
  args: {
    file: { type: 'positional', description: 'The definition, YAML or JSON', required: true },
    json: { type: 'boolean', description: 'Print the faults as JSON' },
  },
  run: guarded(async ({ args }) => {
    const text = await readFile(args.file, 'utf8');
    const { faults, orderedTaskNames } = checkDefinition(text, catalogue);
    if (args.json)
      process.stdout.write(`${JSON.stringify({ valid: faults.length === 0, task_names: orderedTaskNames, faults }, null, 2)}\n`);
    else report(args.file, text, faults, orderedTaskNames ?? []);
    process.exitCode = faults.length === 0 ? 0 : 1;
  }),
});

const onStderr = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: process.stderr });

function report(file: string, text: string, faults: Fault[], taskNames: string[]): void {
  if (faults.length === 0) {
    process.stdout.write(
      `${styleText('green', '✔')} ${file} is valid: ${taskNames.length} tasks, in this order: ${taskNames.join(' → ')}\n`,
    );
    return;
  }
  const lines = text.split(/\r?\n/);
  for (const fault of faults) process.stderr.write(`${formatWithLine(file, lines, fault)}\n`);
  process.stderr.write(`${onStderr('red', '✖')} ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in ${file}\n`);
}

/** `file:line:column: message`, the line below it, and a mark under the column, as compilers print it. */
export function formatWithLine(file: string, lines: string[], fault: Fault): string {
  const where = fault.line === undefined ? file : `${file}:${fault.line}:${fault.column ?? 1}`;
  const head = `${onStderr('bold', where)}: ${fault.message} ${onStderr('dim', `(${fault.path})`)}`;
  const line = fault.line === undefined ? undefined : lines[fault.line - 1];
  if (line === undefined) return head;
  const number = String(fault.line);
  const shown = line.length > 160 ? `${line.slice(0, 160)}…` : line;
  return `${head}\n  ${number} | ${shown}\n  ${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, (fault.column ?? 1) - 1))}${onStderr('red', '^')}\n`;
}
