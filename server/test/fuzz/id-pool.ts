import * as fc from 'fast-check';

const MOST = 40;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What a parameter of this name is, where it has another. */
const SAME: Record<string, string> = {
  id: 'flow_execution_id',
  start_from_execution_id: 'flow_execution_id',
  starting_after: 'id',
};

/** Values that answers gave, by the field they stood in, so that requests name things that are there. */
export class IdPool {
  readonly #values = new Map<string, unknown[]>();

  add(name: string, value: unknown): void {
    const values = this.#values.get(name) ?? [];
    this.#values.set(name, values);
    if (values.includes(value)) return;
    values.push(value);
    if (values.length > MOST) values.splice(1, 1); // the first, planted one stays
  }

  /** Reads an answer: ids by their fields' names; the object's own `id` by the kind of thing that the path says it is. */
  learn(kind: string, body: unknown, depth = 0): void {
    if (depth > 4 || typeof body !== 'object' || body === null) return;
    if (Array.isArray(body)) {
      for (const entry of body.slice(0, 5)) this.learn(kind, entry, depth + 1);
      return;
    }
    for (const [name, value] of Object.entries(body)) {
      if (typeof value === 'object') this.learn(kind, value, depth + 1);
      else if (typeof value !== 'string') continue;
      else if (name === 'id' && ID.test(value)) this.add(kind, value);
      else if (/_id$/.test(name) && ID.test(value)) this.add(name, value);
      else if (/^(uri|file_key|task_name|display_name|ticket|lease_token|tag)$/.test(name)) this.add(name, value);
    }
  }

  /** A known value, seldom one that is well-formed and unknown; undefined where nothing is known of the name. */
  arbitraryFor(name: string): fc.Arbitrary<unknown> | undefined {
    const values = this.#values.get(name) ?? this.#values.get(SAME[name] ?? '') ?? [];
    if (values.length === 0) return undefined;
    return fc.oneof({ weight: 9, arbitrary: fc.nat().map((n) => values[n % values.length]) }, { weight: 1, arbitrary: fc.uuid() });
  }
}
