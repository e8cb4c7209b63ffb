// A process of its own: Restate's service, a handler of five steps. Arguments: its port, and the package file of the folder in which its SDK is.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [port = '', packageFile = ''] = process.argv.slice(2);
const STEPS = 5;

interface Context {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

interface Sdk {
  service(definition: { name: string; handlers: Record<string, (context: Context, input: unknown) => Promise<unknown>> }): unknown;
  serve(options: { services: unknown[]; port: number }): Promise<number>;
}

const sdk = (await import(pathToFileURL(createRequire(packageFile).resolve('@restatedev/restate-sdk')).href)) as Sdk;

const chain = async (context: Context) => {
  let value = { v: 0 };
  for (let step = 1; step <= STEPS; step++) value = await context.run(`t${step}`, async () => ({ v: step }));
  return value;
};

await sdk.serve({ services: [sdk.service({ name: 'bench', handlers: { chain } })], port: Number(port) });
process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
