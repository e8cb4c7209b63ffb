/** Texts that try to get out: references, templates and expressions over names that JavaScript and the platform give a meaning. */
import fc from 'fast-check';

/** What is there (up, input, ...), what must not be (secrets, process), and what every object of JavaScript inherits. */
const NAMES = [
  'up',
  'input',
  'item',
  'execution',
  'tasks',
  'text',
  'list',
  'object',
  'a',
  'secrets',
  'KEY',
  'process',
  'env',
  'globalThis',
  'global',
  'this',
  'require',
  'mainModule',
  'Function',
  'eval',
  'self',
  'import',
  'constructor',
  '__proto__',
  'prototype',
  'inherited',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupGetter__',
  'call',
  'apply',
  'bind',
  'then',
  'length',
  'size',
  'first',
  'last',
  'forloop',
  'blank',
  'odd key',
  'a.b',
  'up.text',
  '\u0000',
  '\u202e',
  'İ',
  '{{',
  '}}',
  '',
];
export const name = fc.constantFrom(...NAMES);
const word = fc.constantFrom(...NAMES.filter((each) => /^[\w$]+$/.test(each)));
const noise = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('{{', '}}', '{%', '%}', '\\', '"', "'", '[', ']', '.', '|', '\n', '{{{', '{{-', '-}}', '${', '<%', '{#'),
);

const segment = fc.oneof(
  name.map((each) => `.${each}`),
  name.map((each) => `["${each}"]`),
  name.map((each) => `['${each}']`),
  word.map((each) => `[${each}]`),
  fc.integer({ min: -2, max: 5 }).map((index) => `[${index}]`),
  name.map((each) => `["${each}`),
  word.map((each) => `?.${each}`),
  word.map((each) => `.${each}()`),
);
/** What the values that are there have, and what they only inherit: here a reader that is careless gives itself away. */
const known = fc.constantFrom(
  '.list',
  '.object',
  '.a',
  '.text',
  '.inherited',
  '.KEY',
  '["inherited"]',
  '.constructor',
  '.__proto__',
  '[2]',
  '[0]',
);
const path = fc
  .array(fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: segment }), { maxLength: 4 })
  .map((parts) => parts.join(''));
const root = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('up', 'up', 'input', 'execution', 'tasks.up') },
  { weight: 1, arbitrary: name },
);
const access = fc.tuple(root, path).map(([start, rest]) => start + rest);

/** A text with references, some of them well-formed. */
export const referenceText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: access.map((each) => `{{${each}}}`) },
      { weight: 1, arbitrary: access.map((each) => `{{ ${each} }}`) },
      { weight: 1, arbitrary: access.map((each) => `\\{{${each}}}`) },
      { weight: 1, arbitrary: noise },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(''));

const FILTERS = [
  'append',
  'prepend',
  'map',
  'where',
  'where_exp',
  'find',
  'find_exp',
  'group_by',
  'group_by_exp',
  'reject_exp',
  'has_exp',
  'sort',
  'json',
  'inspect',
  'raw',
  'escape',
  'date',
  'default',
  'concat',
  'push',
  'slice',
  'split',
  'join',
  'reverse',
  'first',
  'size',
  'to_integer',
  'url_decode',
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'sample',
  'shift',
];
const literal = fc.oneof(
  name.map((each) => `"${each}"`),
  fc.integer({ min: -9, max: 9 }).map(String),
  fc.constantFrom('nil', 'true', 'blank', '(1..5)', '"return globalThis.process"'),
);
const operand = fc.oneof({ weight: 3, arbitrary: access }, { weight: 1, arbitrary: literal });
const filtered = fc
  .tuple(operand, fc.array(fc.tuple(fc.constantFrom(...FILTERS), fc.array(operand, { maxLength: 2 })), { maxLength: 3 }))
  .map(
    ([value, filters]) =>
      value + filters.map(([filter, args]) => ` | ${filter}${args.length === 0 ? '' : `: ${args.join(', ')}`}`).join(''),
  );

const tag = fc.oneof(
  filtered.map((each) => `{{ ${each} }}`),
  fc.tuple(word, filtered).map(([variable, value]) => `{% assign ${variable} = ${value} %}{{ ${variable} }}`),
  fc.tuple(word, filtered).map(([variable, value]) => `{% capture ${variable} %}{{ ${value} }}{% endcapture %}{{ ${variable} }}`),
  fc
    .tuple(word, operand, filtered)
    .map(([variable, list, value]) => `{% for ${variable} in ${list} limit:3 %}{{ ${value} }}{{ ${variable} }}{% endfor %}`),
  fc.tuple(operand, operand, filtered).map(([a, b, value]) => `{% if ${a} == ${b} or ${a} contains ${b} %}{{ ${value} }}{% endif %}`),
  fc.tuple(operand, operand, filtered).map(([a, b, value]) => `{% case ${a} %}{% when ${b} %}{{ ${value} }}{% endcase %}`),
  word.map((each) => `{% increment ${each} %}{{ ${each} }}{% decrement ${each} %}`),
  fc
    .tuple(
      fc.constantFrom(
        'include',
        'render',
        'layout',
        'block',
        'liquid',
        'echo',
        'raw',
        'cycle',
        'tablerow',
        '#',
        'constructor',
        '__proto__',
      ),
      operand,
    )
    .map(([kind, value]) => `{% ${kind} ${value} %}`),
  noise,
);
/** A Liquid template, most often one that parses. */
export const liquidText = fc.array(tag, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

const METHODS = [
  'map',
  'filter',
  'all',
  'exists',
  'exists_one',
  'size',
  'contains',
  'matches',
  'split',
  'join',
  'constructor',
  'toString',
  'valueOf',
  'call',
  'apply',
  'bind',
  'getOwnPropertyNames',
  '__defineGetter__',
];
const FUNCTIONS = [
  'size',
  'type',
  'string',
  'int',
  'double',
  'bool',
  'dyn',
  'has',
  'timestamp',
  'duration',
  'bytes',
  'constructor',
  'eval',
  'Function',
  'require',
  'cel.bind',
  'toString',
];

/** A CEL expression; many are wrong, all parse as far as they go. */
export const celText = fc.letrec<{ cel: string }>((tie) => ({
  cel: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      word,
      literal.filter((each) => !each.startsWith('(')),
    ),
    fc
      .tuple(tie('cel'), fc.oneof(word, fc.constantFrom('inherited', 'KEY', 'object', 'constructor')))
      .map(([value, field]) => `${value}.${field}`),
    fc.tuple(tie('cel'), name).map(([value, key]) => `${value}[${JSON.stringify(key)}]`),
    fc.tuple(tie('cel'), tie('cel')).map(([value, key]) => `${value}[${key}]`),
    fc
      .tuple(tie('cel'), fc.constantFrom(...METHODS), word, tie('cel'))
      .map(([value, method, variable, body]) => `${value}.${method}(${variable}, ${body})`),
    fc.tuple(tie('cel'), fc.constantFrom(...METHODS), tie('cel')).map(([value, method, argument]) => `${value}.${method}(${argument})`),
    fc.tuple(fc.constantFrom(...FUNCTIONS), tie('cel')).map(([made, argument]) => `${made}(${argument})`),
    fc.tuple(word, tie('cel'), tie('cel')).map(([variable, value, body]) => `cel.bind(${variable}, ${value}, ${body})`),
    fc.tuple(name, tie('cel')).map(([key, value]) => `{${JSON.stringify(key)}: ${value}}`),
    fc.tuple(tie('cel'), tie('cel')).map(([a, b]) => `[${a}, ${b}]`),
    fc.tuple(tie('cel'), fc.constantFrom('==', '+', '&&', 'in', '<', '!='), tie('cel')).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc.tuple(tie('cel'), tie('cel')).map(([a, b]) => `(true ? dyn(${a}) : dyn(${b}))`),
  ),
})).cel;
