-- What watches the platform needs two columns. Both are null where nobody asked: nothing is written for an ordinary move.

-- The trace that a run belongs to: the span of the request that started it, in the form of W3C Trace Context. Null where none was sent and none is kept.
alter table flow_executions add column traceparent text;

-- When the worker last claimed something, told with its lease: whether work flows is seen from outside of the process.
alter table workers add column claimed_at timestamptz(3);
