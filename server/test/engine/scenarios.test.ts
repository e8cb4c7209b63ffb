import { expect, test } from 'vitest';
import { SCENARIOS } from './scenarios.ts';

for (const { title, run } of Object.values(SCENARIOS)) test(title, async () => expect(await run()).toEqual([]));
