import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createWorker, OEM, type Page, PSM, type Worker } from 'tesseract.js';
import { DocumentError } from '../document-error.ts';
import type { OcrEngine, OcrImage, OcrOptions, OcrWord } from './ocr-engine.ts';

/** The models that come with the installation, by ISO 639-1; `best_int` is a fifth of the full models' size and reads as well. */
const MODELS: Record<string, string> = { en: 'eng', de: 'deu', fr: 'fra', es: 'spa' };
const MODEL_FOLDER = '4.0.0_best_int';
const DEFAULT_MODELS = ['eng'];
/** What pages are brought to, whatever their file says: at the 72 that many phones write, Tesseract takes text for dirt. */
const DPI = '200';

/**
 * Tesseract, with the models of the installation alone: with its own defaults it would fetch them from a CDN and leave them in the working
 * folder. It loads with the first page; a page past its time ends the recognition thread, and the next page starts a new one.
 */
export function createTesseractEngine(languages: string[]): OcrEngine {
  const models = languages.flatMap((language) => MODELS[language] ?? []);
  let worker: Promise<Worker> | undefined;

  async function stop(): Promise<void> {
    const stopping = worker;
    worker = undefined;
    await (await stopping?.catch(() => undefined))?.terminate();
  }

  async function recognize(image: OcrImage, layout: OcrOptions['layout']): Promise<OcrWord[]> {
    worker ??= startWorker(models.length === 0 ? DEFAULT_MODELS : models);
    const tesseract = await worker;
    await tesseract.setParameters({
      user_defined_dpi: DPI,
      tessedit_pageseg_mode: layout === 'page' ? PSM.AUTO : PSM.SINGLE_BLOCK,
    });
    const { data } = await tesseract.recognize(toPortableGreymap(image), {}, { text: false, blocks: true });
    return wordsOf(data);
  }

  return {
    async readPage(image, { timeoutMs, layout }) {
      const timer = Promise.withResolvers<never>();
      const timeout = setTimeout(() => timer.reject(pageTimeout(timeoutMs)), timeoutMs);
      try {
        return await Promise.race([recognize(image, layout), timer.promise]);
      } catch (error) {
        await stop();
        throw error;
      } finally {
        clearTimeout(timeout);
      }
    },
    close: stop,
  };
}

/** Tesseract looks for all models in one folder; ours lie in a package each. Once it has loaded them, the folder is not needed. */
async function startWorker(models: string[]): Promise<Worker> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-ocr-'));
  try {
    for (const model of models) await gatherModel(model, folder);
    return await createWorker(models, OEM.LSTM_ONLY, { langPath: folder, gzip: true, cacheMethod: 'none', errorHandler: () => {} });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function gatherModel(model: string, folder: string): Promise<void> {
  const name = `${model}.traineddata.gz`;
  const source = join(dirname(createRequire(import.meta.url).resolve(`@tesseract.js-data/${model}/package.json`)), MODEL_FOLDER, name);
  // Windows lets only administrators make links.
  await symlink(source, join(folder, name)).catch(() => copyFile(source, join(folder, name)));
}

/** The plainest format that Tesseract reads (netpbm P5): no time goes into packing pixels. */
function toPortableGreymap({ grey, width, height }: OcrImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), grey]);
}

const wordsOf = (page: Page): OcrWord[] =>
  (page.blocks ?? [])
    .flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines.flatMap((line) => line.words)))
    .map(({ text, bbox, confidence }) => ({ text, box: [bbox.x0, bbox.y0, bbox.x1, bbox.y1], confidence: confidence / 100 }));

const pageTimeout = (timeoutMs: number) =>
  new DocumentError(
    'document_timeout',
    `OCR of a page took more than ${Math.round(timeoutMs / 1000)} s and was stopped; scan it again, cleaner or smaller.`,
  );
