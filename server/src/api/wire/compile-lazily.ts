import { type Serializer, type SerializerCompiler, SerializerSelector } from '@fastify/fast-json-stringify-compiler';

/**
 * A compiler that compiles when its result is first used. The API has some 500 schemas of which a process uses few; all of them at once are
 * most of the time of a start, and a third of its memory. A fault in a schema shows at its first use.
 */
export function lazily<D, V, R>(compile: (declared: D) => (value: V) => R): (declared: D) => (value: V) => R {
  return (declared) => {
    let run: ((value: V) => R) | undefined;
    return (value) => {
      run ??= compile(declared);
      return run(value);
    };
  };
}

/** Fastify's own serializers, compiled lazily, one for all routes that declare the same schema, as all do with errors. */
export const buildSerializer: ReturnType<typeof SerializerSelector> = (...options) => {
  const compile = SerializerSelector()(...options);
  const made = new WeakMap<object, Serializer>();
  const compileOnce: SerializerCompiler = (declared) => {
    const schema = declared.schema as object;
    const serializer = made.get(schema) ?? compile(declared);
    made.set(schema, serializer);
    return serializer;
  };
  return lazily(compileOnce);
};
