import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Json } from '#base';

/** A little layout in the style of a real one (all of it made up), with what a person reads from it. */
export interface Sample {
  /** Its file in layouts/. */
  name: string;
  language: 'en' | 'de' | 'fr' | 'es';
  text: string;
  /** A field as `fieldOf` reads it, and the value expected. */
  expected: Record<string, Json>;
  /** The turn of a scan. */
  slope?: number;
  source?: 'ocr' | 'text_layer';
}

const folder = new URL('./layouts/', import.meta.url);

export const LAYOUTS: Sample[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => ({ name: file, ...(parse(readFileSync(new URL(file, folder), 'utf8')) as Omit<Sample, 'name'>) }));
