import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, type JSONSchema7, jsonSchema, NoObjectGeneratedError, Output } from 'ai';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject, JsonSchema, TaskLog } from '#base';
import type { Document } from '#documents';
import { answerSchema } from './answer-schema.ts';
import { classAnswerSchema, classifyTask, toClassification } from './classify-answer.ts';
import type { Extraction, FieldSpec, Model } from './model.ts';
import { ModelError } from './model-error.ts';
import { modelFailure } from './model-failure.ts';
import { type Prompt, promptFor } from './prompt.ts';
import { traceAnswer } from './trace-answer.ts';

export interface OpenAiCompatibleOptions {
  baseUrl: string;
  apiKey?: string | undefined;
  /** As the endpoint knows it. */
  name: string;
  fetch: typeof globalThis.fetch;
  log: TaskLog;
  /** Of one question; default two minutes. */
  deadlineMs?: number;
}

const DEADLINE_MS = 120_000;

/** The library prints its warnings to the console, past the log; what matters of them is an error here. */
globalThis.AI_SDK_LOG_WARNINGS = false;

/** One repair: a model that missed the schema twice will miss it again, and each try costs the operator. */
const ATTEMPTS = 2;

type Answer = { object: JsonObject; inputTokens: number; outputTokens: number };

/**
 * A model behind an endpoint that speaks the OpenAI protocol. Its answer must fit the schema of the fields; each value is then traced to
 * the words of the pages. Throws `ModelError`; waits for nothing itself: retries and Retry-After are the engine's, which holds no worker.
 */
export function createOpenAiCompatibleModel(options: OpenAiCompatibleOptions): Model {
  const ask = createQuestion(options);
  return {
    name: options.name,
    extract: (document, fields, { signal, instructions, log }) =>
      withDeadline(options, signal, async (either) => {
        const answer = await askUntilValid(ask, promptFor(document, instructions), answerSchema(fields), either, log);
        return await toExtraction(answer, document, fields, options.name, signal, log);
      }),
    classify: (document, classes, { signal, instructions, log }) =>
      withDeadline(options, signal, async (either) => {
        const prompt = promptFor(document, instructions, classifyTask(classes));
        const answer = await askUntilValid(ask, prompt, classAnswerSchema(classes), either, log);
        const usage = { inputTokens: answer.inputTokens, outputTokens: answer.outputTokens };
        return { ...toClassification(answer.object, document, classes), model: `openai_compatible:${options.name}`, usage };
      }),
  };
}

/** Does the work under a deadline of its own, and tells its failures as `ModelError`. */
async function withDeadline<T>(
  options: OpenAiCompatibleOptions,
  signal: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.aborted)
      throw new ModelError('model_timeout', `The model '${options.name}' did not answer in time.`, { retryable: true, cause: error });
    throw modelFailure(error, options.name) ?? error;
  }
}

type Question = (prompt: { system: string; user: string }, schema: JsonSchema, signal: AbortSignal) => Promise<Answer>;

async function askUntilValid(ask: Question, prompt: Prompt, schema: JsonSchema, signal: AbortSignal, log: TaskLog): Promise<Answer> {
  let inputTokens = 0;
  let outputTokens = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await ask(
        attempt === 1
          ? prompt
          : { ...prompt, system: `${prompt.system}\nYour last answer did not fit the schema: answer with JSON that does.` },
        schema,
        signal,
      );
      return { ...answer, inputTokens: inputTokens + answer.inputTokens, outputTokens: outputTokens + answer.outputTokens };
    } catch (error) {
      if (!NoObjectGeneratedError.isInstance(error) || attempt >= ATTEMPTS || signal.aborted) throw error;
      inputTokens += error.usage?.inputTokens ?? 0;
      outputTokens += error.usage?.outputTokens ?? 0;
      log.warn({ attempt, finishReason: error.finishReason }, 'the model missed the schema');
    }
  }
}

/** Asks with the schema enforced by the endpoint; one that does not know how is asked for plain JSON, from then on. */
function createQuestion(options: OpenAiCompatibleOptions): Question {
  const provider = (supportsStructuredOutputs: boolean) =>
    createOpenAICompatible({
      name: 'model',
      baseURL: options.baseUrl,
      fetch: options.fetch,
      supportsStructuredOutputs,
      ...(options.apiKey === undefined || options.apiKey === '' ? {} : { apiKey: options.apiKey }),
    })(options.name);
  let structured = true;
  return async (prompt, schema, signal) => {
    try {
      return await generate(provider(structured), prompt, schema, signal, structured);
    } catch (error) {
      if (!structured || !refusesSchema(error)) throw error;
      structured = false;
      return await generate(provider(false), prompt, schema, signal, false);
    }
  };
}

const refusesSchema = (error: unknown): boolean =>
  APICallError.isInstance(error) &&
  (error.statusCode === 400 || error.statusCode === 422) &&
  /response_format|json_schema|structured/i.test(`${error.message} ${error.responseBody ?? ''}`);

async function generate(
  model: ReturnType<ReturnType<typeof createOpenAICompatible>>,
  prompt: { system: string; user: string },
  schema: JsonSchema,
  abortSignal: AbortSignal,
  structured: boolean,
): Promise<Answer> {
  const system = structured ? prompt.system : `${prompt.system}\nThe schema: ${JSON.stringify(schema)}`;
  const result = await generateText({
    model,
    instructions: system,
    prompt: prompt.user,
    temperature: 0,
    maxRetries: 0,
    abortSignal,
    output: Output.object({ schema: checked(schema), name: 'fields' }),
  });
  return { object: result.output, inputTokens: result.usage.inputTokens ?? 0, outputTokens: result.usage.outputTokens ?? 0 };
}

/** The library checks an answer only where it is given a validator. */
function checked(schema: JsonSchema) {
  const ajv = new Ajv2020({ allErrors: false, strict: false, validateFormats: false });
  const isValid = ajv.compile(schema);
  return jsonSchema<JsonObject>(schema as JSONSchema7, {
    validate: (value) =>
      isValid(value)
        ? { success: true, value: value as JsonObject }
        : { success: false, error: new Error(`the answer does not fit: ${ajv.errorsText(isValid.errors)}`) },
  });
}

async function toExtraction(
  answer: Answer,
  document: Document,
  fields: FieldSpec[],
  name: string,
  signal: AbortSignal,
  log: TaskLog,
): Promise<Extraction> {
  const traced = await traceAnswer(answer.object, document, fields, { signal, log });
  return { ...traced, model: `openai_compatible:${name}`, usage: { inputTokens: answer.inputTokens, outputTokens: answer.outputTokens } };
}
