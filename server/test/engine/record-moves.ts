import type { Pool } from 'pg';
import { isLegalExecutionMove, isLegalTaskMove } from '../../src/engine/states.ts';

export interface MovePair {
  kind: 'task_executions' | 'flow_executions';
  from: string;
  to: string;
}

/** Records every move of every row by a trigger, for what columns forget. */
export async function recordMoves(admin: Pool): Promise<{ problems(): Promise<string[]>; pairs(): Promise<MovePair[]> }> {
  await admin.query(`
    create table moves (seq bigint generated always as identity, kind text, id uuid, generation int, old text, new text, attempt int);
    create function note_move() returns trigger language plpgsql security definer as $$
    begin
      insert into moves (kind, id, generation, old, new, attempt)
      values (tg_table_name, new.id, new.generation, case when tg_op = 'UPDATE' then old.status end, new.status,
              case when tg_table_name = 'task_executions' then (to_json(new) ->> 'attempt')::int end);
      return null;
    end $$;
    create trigger note_move after insert or update of status, attempt on task_executions for each row execute function note_move();
    create trigger note_move after update of status on flow_executions for each row when (old.status <> new.status) execute function note_move();`);
  const pairs = async () =>
    (await admin.query<MovePair>(`select distinct kind, coalesce(old, 'none') as "from", new as "to" from moves`)).rows;
  return { problems: () => findProblems(admin), pairs };
}

async function findProblems(admin: Pool): Promise<string[]> {
  const { rows: pairs } = await admin.query(`select distinct kind, coalesce(old, 'none') as old, new from moves`);
  const illegal = pairs.filter(
    ({ kind, old, new: to }) => !(kind === 'task_executions' ? isLegalTaskMove(old, to) : isLegalExecutionMove(old, to)),
  );
  const count = async (what: string, text: string) => {
    const { rows } = await admin.query(`select count(*)::int as n from (${text}) x`);
    return rows[0].n > 0 ? [`${what}: ${rows[0].n}`] : [];
  };
  const final = `('completed', 'failed', 'skipped', 'cancelled')`;
  return [
    ...illegal.map(({ kind, old, new: to }) => `illegal move of ${kind}: ${old} -> ${to}`),
    ...(await count(
      'settled twice',
      `select id from moves where kind = 'task_executions' and new in ${final} group by id, generation having count(*) > 1`,
    )),
    ...(await count(
      'attempt went back',
      `select 1 from (select attempt, lag(attempt) over (partition by id, generation order by seq) as before
        from moves where kind = 'task_executions') m where attempt < before`,
    )),
  ];
}
