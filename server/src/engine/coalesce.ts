import { FlowError } from '#base';

const isLost = (error: unknown): boolean => error instanceof FlowError && error.code === 'service_unavailable';

/**
 * Runs requests of one key in batches: while a batch is in flight, those that come wait and go together in the next. No timer: a lone request
 * goes at once. A batch that fails is tried one request at a time, so that one cannot fail another; but not where the database was lost: then it may
 * have been carried out, and to repeat it blindly would do it twice (RELIABILITY F3).
 */
export function coalesced<Request, Answer>(
  runBatch: (key: string, requests: readonly Request[]) => Promise<readonly Answer[]>,
  maxBatch: number,
): (key: string, request: Request) => Promise<Answer> {
  interface Waiting {
    request: Request;
    resolve: (answer: Answer) => void;
    reject: (reason: unknown) => void;
  }
  const queues = new Map<string, Waiting[]>();

  const runOne = async (key: string, { request, resolve, reject }: Waiting): Promise<void> => {
    await runBatch(key, [request]).then(([answer]) => resolve(answer as Answer), reject);
  };

  const flush = async (key: string, batch: readonly Waiting[]): Promise<void> => {
    if (batch.length === 1) return runOne(key, batch[0] as Waiting);
    try {
      const answers = await runBatch(
        key,
        batch.map(({ request }) => request),
      );
      batch.forEach(({ resolve }, index) => void resolve(answers[index] as Answer));
    } catch (error) {
      if (isLost(error)) for (const { reject } of batch) reject(error);
      else for (const waiting of batch) await runOne(key, waiting);
    }
  };

  const drain = async (key: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) await flush(key, queue.splice(0, maxBatch));
    queues.delete(key);
  };

  return (key, request) =>
    new Promise((resolve, reject) => {
      const waiting = { request, resolve, reject };
      const queue = queues.get(key);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      queues.set(key, first);
      void drain(key, first);
    });
}
