import type { Json, JsonObject } from '#base';
import type { TaskResolver } from './plan.ts';
import type { Path } from './read-path.ts';
import { ResolutionError } from './resolution-error.ts';
import { type BoundTemplate, compileTemplate } from './resolve-references.ts';

interface Place {
  path: Path;
  template: BoundTemplate;
}

const NOTHING = { id: '', flow_id: '', flow_version: 0, run_number: 0, organization_id: '', created_at: '' };

const rootsOf = ({ template }: BoundTemplate): Set<string> =>
  new Set(template.parts.flatMap((part) => (typeof part === 'object' ? [part.root.kind] : [])));

/** How a stored input gets its secrets back: see `TaskResolver.reopen`. */
export function compileReopen(places: readonly Place[]): TaskResolver['reopen'] {
  const secret = places.filter(({ template }) => rootsOf(template).has('secrets'));
  return (input, secrets) => {
    const opened = structuredClone(input);
    for (const { path, template } of secret) {
      if (rootsOf(template).size > 1) {
        const message = `${template.place} mixes a secret with another reference: what it was made of is not known any more`;
        throw new ResolutionError('secret_not_repeatable', message);
      }
      setAt(opened, path, compileTemplate(template)({ tasks: {}, input: null, execution: NOTHING, secrets }));
    }
    return opened;
  };
}

/** The stored input has the definition's own shape down to the place, since only texts were replaced. */
function setAt(root: JsonObject, path: Path, value: Json): void {
  const parent = path.slice(0, -1).reduce<Json | undefined>((at, key) => (at as Record<string, Json> | undefined)?.[key as string], root);
  const last = path.at(-1);
  if (typeof parent === 'object' && parent !== null && last !== undefined && Object.hasOwn(parent, last))
    (parent as Record<string, Json>)[last as string] = value;
}
