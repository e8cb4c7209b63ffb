import { Client } from 'pg';
import { newId } from '../server/src/base/index.ts';
import type { BenchDatabase } from './bench-database.ts';
import type { BenchFlow } from './bench-platform.ts';
import { type Cost, measure } from './measure.ts';

const BATCH = 200; // executions a statement: what the engine moves at once
const CONNECTIONS = 4;

/**
 * The least that a durable engine with this history could write: the rows that the chain leaves behind, inserted once, already final, by the
 * engine's role, with its indexes, foreign keys and policies. Cost per task.
 */
export async function writeFloor(database: BenchDatabase, flow: BenchFlow, executions: number): Promise<Cost> {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ connectionString: database.engineUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  let given = 0;
  const write = async (client: Client) => {
    while (given < executions) {
      const first = given;
      given += BATCH;
      await client.query({ name: 'write_floor', text: FINAL_ROWS, values: finalRows(flow, first, Math.min(BATCH, executions - first)) });
    }
  };
  const cost = await measure(database.owner, executions * flow.length, async () => {
    await Promise.all(clients.map(write));
  });
  await Promise.all(clients.map((client) => client.end()));
  return cost;
}

function finalRows({ organizationId, flowId, versionId, length }: BenchFlow, first: number, count: number): unknown[] {
  const executions = Array.from({ length: count }, newId);
  const numbers = Array.from({ length }, (_, number) => number);
  return [
    ...[organizationId, flowId, versionId, first],
    executions,
    executions.flatMap((id) => numbers.map(() => id)),
    executions.flatMap(() => numbers.map(() => newId())),
    executions.flatMap(() => numbers),
    executions.flatMap(() => numbers.map((number) => (number === 0 ? '{}' : JSON.stringify({ after: number - 1 })))),
    executions.flatMap(() => numbers.map((v) => JSON.stringify({ v }))),
  ];
}

// $1 organization, $2 flow, $3 version, $4 executions before these, $5 their ids; of tasks: $6 executions, $7 ids, $8 numbers, $9 inputs, $10 outputs.
const FINAL_ROWS = `
with execution as (
  insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input,
                               triggered_by, modified_by, started_at, completed_at)
  select $1::uuid, e.id, $2::uuid, $3::uuid, 1, $4::int + e.k, 'completed', 0, 1, 0, '{}', 'bench', 'bench', clock_timestamp(), clock_timestamp()
    from unnest($5::uuid[]) with ordinality as e(id, k)
)
insert into task_executions (organization_id, id, execution_id, generation, task, status, alive, attempt, worker, started_at, completed_at, input, output)
select $1::uuid, t.id, t.execution_id, 0, t.task, 'completed', 1, 1, 1, now(), now(), t.input::json, t.output::json
  from unnest($6::uuid[], $7::uuid[], $8::smallint[], $9::text[], $10::text[]) as t(execution_id, id, task, input, output)`;
