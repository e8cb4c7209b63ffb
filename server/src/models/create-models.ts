import type { Log } from '#base';
import type { Model, Models } from './model.ts';

export interface ModelsOptions {
  /** Of an endpoint that speaks the OpenAI protocol, such as https://host/v1; without it only `local` exists. */
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  /** The model for tasks that name none or an unknown one; a list with commas names the others that the endpoint has. */
  defaultModel: string;
  /** The guarded way out (base/safe-fetch.ts). */
  fetch: typeof globalThis.fetch;
  log: Log;
}

const LOCAL = 'local';
const REGIONS = ['eu', 'global']; // the local model runs wherever the platform does (core.md section 5)

/** The libraries behind a model take half a second to load: whoever only validates a flow or serves the API should not wait for them. */
function loadedWhenAsked(name: string, load: () => Promise<Model>): Model {
  let loading: Promise<Model> | undefined;
  return {
    name,
    async extract(document, fields, options) {
      loading ??= load();
      return (await loading).extract(document, fields, options);
    },
    async classify(document, classes, options) {
      loading ??= load();
      return (await loading).classify(document, classes, options);
    },
  };
}

/** The models of this platform. A name that none of them bears falls to the default, and the note says so. */
export function createModels(options: ModelsOptions): Models {
  const names = options.defaultModel
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const byName = new Map<string, { model: Model; provider: string; regions: string[] }>();
  byName.set(LOCAL, {
    model: loadedWhenAsked(LOCAL, async () => (await import('./local/local-model.ts')).createLocalModel()),
    provider: LOCAL,
    regions: REGIONS,
  });
  const { baseUrl } = options;
  if (baseUrl !== undefined && baseUrl !== '') {
    for (const name of names.filter((each) => each !== LOCAL)) {
      byName.set(name, {
        model: loadedWhenAsked(name, async () =>
          (await import('./openai-compatible.ts')).createOpenAiCompatibleModel({ ...options, baseUrl, name }),
        ),
        provider: 'openai_compatible',
        regions: ['global'],
      });
    }
  }
  const standard = byName.get(names[0] ?? LOCAL) ?? byName.get(LOCAL);
  if (standard === undefined) throw new Error('the local model is always there');
  return {
    resolve(name) {
      if (name === undefined || name === '') return { model: standard.model, note: undefined };
      const known = byName.get(name);
      if (known !== undefined) return { model: known.model, note: undefined };
      const shown = name.length > 100 ? `${name.slice(0, 100)}...` : name;
      return { model: standard.model, note: `The model '${shown}' is not configured here; '${standard.model.name}' was used instead.` };
    },
    list: () =>
      [...byName].map(([name, { provider, regions }]) => ({ name, provider, regions })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
