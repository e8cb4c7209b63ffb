import type { FieldSpec } from '../model.ts';

const leaf = (id: string, dataType: string): FieldSpec => ({ id, title: '', dataType, instructions: '', values: [], columns: [] });

/** Reads the key of a sample: `id|title||instructions:type=values or columns`. */
export function fieldOf(key: string): FieldSpec {
  const [, names = '', type = '', rest = ''] = /^(.*?):([a-z]+)(?:=(.*))?$/.exec(key) ?? [];
  const [front = '', instructions = ''] = names.split('||');
  const [id = '', title = ''] = front.split('|');
  const columns =
    type === 'table' || type === 'object'
      ? rest.split(',').map((part) => leaf(part.split(':')[0] ?? '', part.split(':')[1] ?? 'string'))
      : [];
  return { ...leaf(id, type), title, instructions, columns, values: type === 'enum' ? rest.split('|') : [] };
}
