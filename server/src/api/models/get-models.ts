import { type Static, Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Nullable, Words } from '../wire/index.ts';

const REGIONS = ['eu', 'global'] as const;
type Region = (typeof REGIONS)[number];

const ModelInfo = Type.Object(
  {
    model_name: Type.String(),
    regions: Type.Array(Words(REGIONS)),
    locations: Type.Array(Type.String()),
    providers: Type.Array(Type.String()),
    endpoint_count: Type.Integer(),
    supports_bounding_boxes: Type.Boolean(),
    supports_confidence_scores: Type.Boolean(),
  },
  { title: 'ModelInfo' },
);

const ModelsResponse = Type.Object({ models: Type.Array(ModelInfo), count: Type.Integer() }, { title: 'ModelsResponse' });

type Endpoint = ReturnType<ApiDeps['models']['list']>[number];

const isRegion = (word: string): word is Region => (REGIONS as readonly string[]).includes(word);

/** Every model gives values with boxes and confidences: documents are read by us, not by the model. */
function toModelWire(name: string, endpoints: Endpoint[]): Static<typeof ModelInfo> {
  const union = (words: string[]) => [...new Set(words)].sort();
  return {
    model_name: name,
    regions: union(endpoints.flatMap((endpoint) => endpoint.regions)).filter(isRegion),
    locations: [],
    providers: union(endpoints.map((endpoint) => endpoint.provider)),
    endpoint_count: endpoints.length,
    supports_bounding_boxes: true,
    supports_confidence_scores: true,
  };
}

/** GET /api/models: one entry per name over all its endpoints, sorted by name; the local model is always there (core.md 5). */
export function getModels(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/models',
    {
      config: { operation: 'get_models' },
      schema: {
        tags: ['models'],
        summary: 'List the models that tasks may call',
        querystring: Type.Object({
          region: Type.Optional(Nullable(Words(REGIONS), { description: 'Only models with an endpoint there' })),
        }),
        response: { 200: ModelsResponse, ...errorResponses(401, 422) },
      },
    },
    async (request) => {
      const { region } = request.query;
      const byName = Map.groupBy(deps.models.list(), (endpoint) => endpoint.name);
      const models = [...byName]
        .map(([name, endpoints]) => toModelWire(name, endpoints))
        .sort((a, b) => (a.model_name < b.model_name ? -1 : 1));
      const chosen = region ? models.filter((model) => model.regions.includes(region)) : models;
      return { models: chosen, count: chosen.length };
    },
  );
}
