import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Answer, Verdict } from './question.ts';

/** Under what the answers were had. */
export interface Circumstances {
  date: Date;
  postgresVersion: string;
  rounds: number;
  /** Load average of the minute before the start. */
  load: number;
  /** What keeps the run from counting, in words; empty for a run that counts. */
  reservations: string[];
}

/** Writes results.md for people and results.json for machines, beside this file. */
export async function writeReport(answers: readonly Answer[], circumstances: Circumstances): Promise<void> {
  const verdicts = answers.flatMap((answer) => answer.verdicts);
  const parts = [heading(circumstances), ...answers.map(section), verdictTable(verdicts)];
  await writeFile(new URL('./results.md', import.meta.url), `${parts.join('\n\n')}\n`);
  await writeFile(new URL('./results.json', import.meta.url), `${JSON.stringify(verdicts, null, 2)}\n`);
}

function heading({ date, postgresVersion, rounds, load, reservations }: Circumstances): string {
  const cores = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const lines = [
    '# Results of the bench',
    '',
    `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${cores.length} cores (${cores[0]?.model.trim()}), ${memory} GB, Node ` +
      `${process.versions.node}, PostgreSQL ${postgresVersion}, load average ${load.toFixed(1)} at the start. Load, worker and server share the cores; ` +
      `everything is durable (fsync, synchronous_commit). Medians of ${rounds} interleaved rounds; a ratio is the median of the rounds' ratios. ` +
      'Absolute numbers move with the machine: read the ratios.',
  ];
  if (reservations.length > 0) lines.push('', `**Not to be quoted**: ${reservations.join('; ')}.`);
  return lines.join('\n');
}

const section = ({ title, table, method, caveat }: Answer): string =>
  [`## ${title}`, '', markdownTable(table), '', `How: ${method}`, '', `Not like for like: ${caveat}`].join('\n');

function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ question, ratio, goal, aim, better, ok }) => {
    const sign = better === 'higher' ? '>=' : '<=';
    return [question, String(ratio), `${sign} ${goal}`, `${sign} ${aim}`, ok ? 'yes' : '**no**'];
  });
  return ['## Goals', '', markdownTable([['', 'ratio', 'must', 'aim', 'met'], ...rows])].join('\n');
}

function markdownTable([columns = [], ...rows]: readonly string[][]): string {
  const rule = columns.map((_, i) => (i === 0 ? '---' : '--:'));
  return [columns, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** An answer for the terminal. */
export function printAnswer({ title, table, verdicts }: Answer): void {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const row of table) {
    console.log(`  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')}`);
  }
  for (const { question, ratio, goal, aim, better, ok } of verdicts) {
    console.log(`  ${ok ? 'ok    ' : 'MISSED'} ${question}: ${ratio} (must ${better === 'higher' ? '>=' : '<='} ${goal}, aim ${aim})`);
  }
}
