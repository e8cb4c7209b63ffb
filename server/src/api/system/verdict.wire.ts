import { Type } from 'typebox';

const Seconds = (description: string) => Type.Integer({ minimum: 0, description });

/** As `Verdict` of #telemetry, whose words it has. */
export const HealthVerdict = Type.Object(
  {
    verdict: Type.Unsafe<'healthy' | 'degraded' | 'failing'>({
      type: 'string',
      enum: ['healthy', 'degraded', 'failing'],
      description: 'failing: nothing moves. degraded: somebody should look',
    }),
    flowing: Type.Object({
      ok: Type.Boolean(),
      ready: Type.Integer({ minimum: 0, description: 'Tasks that no worker has yet' }),
      workers_alive: Type.Integer({ minimum: 0 }),
      seconds_since_claim: Type.Union([Seconds('Since any worker took something'), Type.Null()]),
    }),
    succeeding: Type.Object({
      ok: Type.Boolean(),
      window_seconds: Seconds('How far back a run may have begun'),
      completed: Type.Integer({ minimum: 0 }),
      failed: Type.Integer({ minimum: 0 }),
      failed_share: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    oldest_waiting: Type.Object({
      ok: Type.Boolean(),
      ready_seconds: Seconds('Of the task that has been ready for longest'),
      queued_seconds: Seconds('Of the run that waits for a slot for longest'),
    }),
    silent: Type.Array(
      Type.Object({
        what: Type.Unsafe<'worker' | 'timers' | 'listener' | 'database'>({
          type: 'string',
          enum: ['worker', 'timers', 'listener', 'database'],
        }),
        seconds: Seconds('For how long'),
        says: Type.String({ description: 'What it means, for people' }),
      }),
      { description: 'Who should be heard and is not' },
    ),
    read_at: Type.String({ format: 'date-time', description: 'At most a few seconds ago' }),
  },
  { title: 'HealthVerdict' },
);
