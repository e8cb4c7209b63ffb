/** Executors that decide which way a run goes: branch, validation, classify_document. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlow, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const note = (name: string, after: string, more: object = {}) => ({
  name,
  task_executor_name: 'format_data',
  depends_on: [after],
  parameters: { template: name },
  ...more,
});

interface Ran {
  status: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a task execution holds is what the test asks
  tasks: Record<string, any>;
}

/** Runs the flow over a text, to its end. */
async function run(tasks: unknown[], text = 'hello', extra: Record<string, unknown> = {}): Promise<Ran> {
  const flowId = await createFlow(user, [receive, ...tasks], extra);
  const { file_key } = await uploadText(user, flowId, text);
  const { id } = await startRun(user, flowId, { file_key });
  const { status } = await reachEnd(user, id);
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  return { status, tasks: Object.fromEntries(body.task_executions.map((task: { task_name: string }) => [task.task_name, task])) };
}

const ran = ({ tasks }: Ran, ...names: string[]) => names.filter((name) => tasks[name] && !tasks[name].skipped);

describe('branch', () => {
  const size = (routes: object[], more: object = {}) => ({ name: 'size', task_executor_name: 'branch', parameters: { routes, ...more } });
  const byLength = [
    { name: 'long', when: 'receive.size_bytes > 10' },
    { name: 'short', when: 'receive.size_bytes > 2' },
  ];

  test('only the tasks of the route that was taken run, whichever way they name it', async () => {
    const tasks = [
      size(byLength, { else: 'empty' }),
      note('a', 'size.long'),
      note('b', 'size.short'),
      { ...note('c', 'size'), depends_on: [{ task: 'size', route: 'empty' }] },
      { ...note('d', 'size'), depends_on: [] },
      note('after a', 'a'),
      note('after any', 'a', { depends_on: ['a', 'b'], run_if: 'any' }),
    ];
    const edges = [{ source: 'size', target: 'd', source_handle: 'short' }];
    const short = await run(tasks, 'hello', { edges });
    expect(short.status).toBe('completed');
    expect(short.tasks['size'].output).toEqual({ route: 'short', routes: ['short'] });
    expect(ran(short, 'a', 'b', 'c', 'd', 'after a', 'after any')).toEqual(['b', 'd', 'after any']);
    expect(ran(await run(tasks, 'a longer text', { edges }), 'a', 'b', 'c', 'd', 'after a', 'after any')).toEqual([
      'a',
      'after a',
      'after any',
    ]);
  });

  test('all routes whose condition is true are taken in mode all', async () => {
    const both = await run([size(byLength, { mode: 'all' }), note('a', 'size.long'), note('b', 'size.short')], 'a longer text');
    expect(ran(both, 'a', 'b')).toEqual(['a', 'b']);
  });

  test('where none is true and there is no else, what follows is skipped and the run is completed', async () => {
    const none = await run([size(byLength), note('a', 'size.long'), note('b', 'size.short')], 'x');
    expect(none.status).toBe('completed');
    expect(ran(none, 'a', 'b')).toEqual([]);
    expect(none.tasks['size'].output).toEqual({ route: null, routes: [] });
  });

  test('a condition that cannot be judged fails the task, and says which', async () => {
    const failed = await run([size([{ name: 'a', when: 'receive.metadata.none == 1' }]), note('a', 'size.a')]);
    expect(failed.status).toBe('failed');
    expect(failed.tasks['size'].error).toMatchObject({ code: 'expression_error', details: { place: 'parameters.routes.0.when' } });
  });

  test('a route that the branch does not have is a fault of the definition', async () => {
    const definition = { name: 'x', tasks: [receive, size(byLength), note('a', 'size.lnog')] };
    const answer = await user.post('/api/flows', { display_name: `Flow ${Math.random()}`, definition });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toEqual([
      expect.stringContaining("tasks.2.depends_on.0: Task 'size' has no route 'lnog' (did you mean 'long'?)"),
    ]);
  });

  test('names that JavaScript gives a meaning are routes like others', async () => {
    const routes = [
      { name: '__proto__', when: 'false' },
      { name: 'constructor', when: 'true' },
    ];
    const odd = await run([size(routes), note('a', 'size.__proto__'), note('b', 'size.constructor')]);
    expect(ran(odd, 'a', 'b')).toEqual(['b']);
  });
});

describe('validation', () => {
  const check = (parameters: object) => ({ name: 'check', task_executor_name: 'validation', parameters });
  const rules = [
    { name: 'not too long', check: 'receive.size_bytes < 4', message: '{{ receive.size_bytes }} bytes' },
    { name: 'named', check: 'receive.filename != null', severity: 'warning' },
  ];
  const both = [note('use', 'check.valid'), note('complain', 'check.invalid')];

  test('fails the run, with every broken rule, and is not tried again', async () => {
    const failed = await run([check({ rules }), note('use', 'check')]);
    expect(failed.status).toBe('failed');
    expect(failed.tasks['check']).toMatchObject({
      attempt: 1,
      error: {
        code: 'validation_failed',
        details: [
          { rule: 'not too long', severity: 'error', message: '5 bytes' },
          { rule: 'named', severity: 'warning' },
        ],
      },
    });
    expect(ran(failed, 'use')).toEqual([]);
  });

  test('or routes, or flags; the data pass on', async () => {
    const parameters = { rules, data: '{{receive.output}}' };
    const routed = await run([check({ ...parameters, on_failure: 'route' }), ...both]);
    expect(ran(routed, 'use', 'complain')).toEqual(['complain']);
    expect(routed.tasks['check'].output).toMatchObject({ valid: false, data: { size_bytes: 5 } });
    expect(ran(await run([check({ ...parameters, on_failure: 'route' }), ...both], 'abc'), 'use', 'complain')).toEqual(['use']);
    const flagged = await run([check({ ...parameters, on_failure: 'flag' }), ...both]);
    expect(ran(flagged, 'use', 'complain')).toEqual(['use']);
    expect(flagged.tasks['check'].output).toMatchObject({ valid: false, messages: ['5 bytes', expect.any(String)] });
  });
});

describe('classify_document', () => {
  const kind = (parameters: object, name = 'classify_document') => ({ name: 'kind', task_executor_name: name, parameters });
  const fromFile = { document_url: '{{receive.document_url}}', classes: ['invoice', 'letter'] };
  const ways = [note('pay', 'kind.invoice'), note('answer', 'kind.letter'), note('put aside', 'kind.unknown')];
  const invoice =
    'Brightwater Ltd.\nINVOICE\nInvoice number: INV-17\nBill to: Quillby Press\nAmount due 120.50 GBP\nPayment terms: 30 days';
  const letter = 'Sehr geehrte Frau Winter,\nhaben Sie Dank für Ihr Schreiben.\nMit freundlichen Grüßen\nJonas Brandt';

  test('the run goes the way of the kind that the document is', async () => {
    const paid = await run([kind(fromFile), ...ways], invoice);
    expect(paid.tasks['kind'].output).toMatchObject({
      class: 'invoice',
      evidence: expect.arrayContaining([expect.objectContaining({ page: 1 })]),
    });
    expect(paid.tasks['kind'].output.confidence).toBeGreaterThan(0.7);
    expect(ran(paid, 'pay', 'answer', 'put aside')).toEqual(['pay']);
    expect(ran(await run([kind(fromFile), ...ways], letter), 'pay', 'answer', 'put aside')).toEqual(['answer']);
    expect(ran(await run([kind(fromFile), ...ways], 'Lemon cake: butter, eggs, flour.'), 'pay', 'answer', 'put aside')).toEqual([
      'put aside',
    ]);
  });

  test('classify_text is another name of it', async () => {
    const text = { name: 'read', task_executor_name: 'doc_to_text', parameters: { document_url: '{{receive.document_url}}' } };
    const told = await run([text, kind({ text: '{{read.text}}', classes: ['invoice', 'letter'] }, 'classify_text'), ...ways], letter);
    expect(ran(told, 'pay', 'answer', 'put aside')).toEqual(['answer']);
  });

  test('a class that it does not know is no route', async () => {
    const definition = { name: 'x', tasks: [receive, kind({ ...fromFile, allow_unknown: false }), note('a', 'kind.unknown')] };
    const answer = await user.post('/api/flows', { display_name: `Flow ${Math.random()}`, definition });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toEqual([expect.stringContaining("has no route 'unknown'")]);
  });
});
