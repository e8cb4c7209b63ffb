import type { ContractFacts, OperationFacts, ParameterFacts, Shape } from '../../../tools/describe-contract.ts';

/**
 * What a client of the facts would miss in another description. Ours may be wider in what it takes and narrower in what it gives, never the
 * reverse; it may have more operations, parameters, fields and statuses.
 */
export function compareFacts(facts: ContractFacts, ours: ContractFacts): string[] {
  return Object.entries(facts.operations).flatMap(([name, operation]) => {
    const our = ours.operations[name];
    return our === undefined ? [`${name}: not served`] : new Comparison(name, facts, ours).operation(operation, our);
  });
}

class Comparison {
  readonly #title: string;
  readonly #facts: ContractFacts;
  readonly #ours: ContractFacts;
  readonly #faults: string[] = [];
  readonly #seen = new Set<string>();

  constructor(title: string, facts: ContractFacts, ours: ContractFacts) {
    this.#title = title;
    this.#facts = facts;
    this.#ours = ours;
  }

  operation(theirs: OperationFacts, our: OperationFacts): string[] {
    for (const parameter of theirs.parameters) this.#parameter(parameter, our.parameters);
    for (const { name, in: place, mandatory } of our.parameters)
      if (mandatory && !theirs.parameters.some((each) => each.name === name && each.in === place))
        this.#say(`${place} ${name}`, 'mandatory here alone');
    if (theirs.body && !our.body) this.#say('body', 'is not read');
    if (theirs.body && our.body) this.#request(theirs.body, our.body, 'body');
    for (const [status, shape] of Object.entries(theirs.responses)) {
      const answer = our.responses[status];
      if (answer === undefined) this.#say(status, 'is not documented');
      else if (shape && answer === null) this.#say(status, 'has no JSON');
      else if (shape && answer) this.#response(shape, answer, status);
    }
    return this.#faults;
  }

  #say(where: string, what: string): void {
    this.#faults.push(`${this.#title} ${where}: ${what}`);
  }

  #parameter(theirs: ParameterFacts, ours: readonly ParameterFacts[]): void {
    const where = `${theirs.in} ${theirs.name}`;
    const our = ours.find((each) => each.name === theirs.name && each.in === theirs.in);
    if (our === undefined) {
      this.#say(where, 'missing');
      return;
    }
    if (our.mandatory && !theirs.mandatory) this.#say(where, 'mandatory here alone');
    if (theirs.default !== undefined && JSON.stringify(our.default) !== JSON.stringify(theirs.default))
      this.#say(where, `default ${JSON.stringify(our.default)} instead of ${JSON.stringify(theirs.default)}`);
    const [their, mine] = [this.#theirShape(theirs), this.#ourShape(our)];
    for (const key of ['minimum', 'maximum', 'minLength', 'maxLength'])
      if (their.limits?.[key] !== undefined && their.limits[key] !== mine.limits?.[key])
        this.#say(where, `${key} ${mine.limits?.[key]} instead of ${their.limits[key]}`);
    this.#request(theirs, our, where);
  }

  #theirShape(shape: Shape): Shape {
    return shape.ref === undefined
      ? shape
      : { ...this.#theirShape(this.#facts.shapes[shape.ref] as Shape), ...(shape.nullable ? { nullable: true } : {}) };
  }

  #ourShape(shape: Shape): Shape {
    return shape.ref === undefined
      ? shape
      : { ...this.#ourShape(this.#ours.shapes[shape.ref] as Shape), ...(shape.nullable ? { nullable: true } : {}) };
  }

  /** Both shapes with their references followed; undefined where the pair was compared before, as it is where a schema contains itself. */
  #pair(theirs: Shape, ours: Shape, direction: string): { theirs: Shape; ours: Shape } | undefined {
    const key = theirs.ref && ours.ref && `${direction}/${theirs.ref}/${ours.ref}`;
    if (key && this.#seen.has(key)) return undefined;
    if (key) this.#seen.add(key);
    return { theirs: this.#theirShape(theirs), ours: this.#ourShape(ours) };
  }

  #request(their: Shape, our: Shape, where: string): void {
    const pair = this.#pair(their, our, 'request');
    if (!pair) return;
    const { theirs, ours } = pair;
    if (!takes(ours, theirs)) this.#say(where, `takes ${ours.types} instead of ${theirs.types}`);
    this.#words(theirs, ours, where);
    if (theirs.nullable && !ours.nullable) this.#say(where, 'refuses null here alone');
    for (const [key, sign] of STRICTER) {
      const [their, own] = [theirs.limits?.[key] as number | undefined, ours.limits?.[key] as number | undefined];
      if (own !== undefined && (their === undefined || (own - their) * sign > 0))
        this.#say(where, `${key} ${own} is stricter than ${their}`);
    }
    for (const [name, property] of Object.entries(theirs.properties ?? {})) {
      const own = ours.properties?.[name];
      if (own) this.#request(property, own, `${where}.${name}`);
      else if (ours.properties) this.#say(`${where}.${name}`, 'missing');
    }
    for (const name of ours.required ?? []) if (!theirs.required?.includes(name)) this.#say(`${where}.${name}`, 'required here alone');
    if (theirs.items && ours.items) this.#request(theirs.items, ours.items, `${where}[]`);
  }

  #response(their: Shape, our: Shape, where: string): void {
    const pair = this.#pair(their, our, 'response');
    if (!pair) return;
    const { theirs, ours } = pair;
    if (!takes(theirs, ours)) this.#say(where, `gives ${ours.types} instead of ${theirs.types}`);
    this.#words(theirs, ours, where);
    if (ours.nullable && !theirs.nullable) this.#say(where, 'gives null here alone');
    for (const [name, property] of Object.entries(theirs.properties ?? {})) {
      const own = ours.properties?.[name];
      if (own === undefined) this.#say(`${where}.${name}`, 'missing');
      else this.#response(property, own, `${where}.${name}`);
    }
    for (const name of theirs.required ?? [])
      if (!ours.required?.includes(name)) this.#say(`${where}.${name}`, 'always there in the facts, not here');
    if (theirs.items && ours.items) this.#response(theirs.items, ours.items, `${where}[]`);
    else if (theirs.items) this.#say(where, 'is no list');
  }

  #words(theirs: Shape, ours: Shape, where: string): void {
    if (!theirs.enum || !ours.enum) return;
    for (const word of theirs.enum) if (!ours.enum.includes(word)) this.#say(where, `does not know ${JSON.stringify(word)}`);
  }
}

/** The sign of a difference that makes a limit stricter. */
const STRICTER = [
  ['minLength', 1],
  ['minimum', 1],
  ['minItems', 1],
  ['maxLength', -1],
  ['maximum', -1],
  ['maxItems', -1],
  ['maxProperties', -1],
] as const;

/** Whether every type of the second is one of the first: a word is a text, a whole number is a number. */
function takes(wide: Shape, narrow: Shape): boolean {
  const types = wide.types ?? ['any'];
  if (types.includes('any')) return true;
  return (narrow.types ?? ['any']).every(
    (type) => types.includes(type) || (type === 'enum' && types.includes('string')) || (type === 'integer' && types.includes('number')),
  );
}
