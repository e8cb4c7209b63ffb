import { stripVTControlCharacters } from 'node:util';
import { defineCommand, renderUsage, runCommand, runMain } from 'citty';
import { reportFailure } from './report-failure.ts';

/** The program `flow`: one file a command, loaded when it is asked for. */
const flow = defineCommand({
  meta: { name: 'flow', version: '0.1.0', description: 'Runs document and AI workflows durably, for many organizations at once.' },
  subCommands: {
    serve: () => import('./serve.ts').then((m) => m.serve),
    worker: () => import('./worker.ts').then((m) => m.worker),
    logs: () => import('./logs.ts').then((m) => m.logs),
    run: () => import('./run.ts').then((m) => m.run),
    validate: () => import('./validate.ts').then((m) => m.validate),
    demo: () => import('./demo.ts').then((m) => m.demo),
    secret: () => import('./secret.ts').then((m) => m.secret),
    admin: () => import('./admin.ts').then((m) => m.admin),
    migrate: () => import('./migrate.ts').then((m) => m.migrate),
    backup: () => import('./backup.ts').then((m) => m.backup),
    restore: () => import('./restore.ts').then((m) => m.restore),
    doctor: () => import('./doctor.ts').then((m) => m.doctor),
  },
});

const HELP = new Set(['--help', '-h', '--version', '-v']);

/** Help and version are the parser's; else a command runs, and what is wrong with its line is one sentence, not a page of usage. */
async function main(args: string[]): Promise<void> {
  if (args.length === 0 || args.some((arg) => HELP.has(arg))) {
    await runMain(flow, {
      rawArgs: args,
      showUsage: async (...of) => {
        const usage = await renderUsage(...of);
        process.stdout.write(`${process.stdout.isTTY ? usage : stripVTControlCharacters(usage)}\n`);
      },
    });
    return;
  }
  try {
    await runCommand(flow, { rawArgs: args });
  } catch (error) {
    const isUsage = error instanceof Error && error.name === 'CLIError';
    reportFailure(isUsage ? new Error(`${error.message.replace(/\.$/, '')}; --help shows how it is used`) : error);
    process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
