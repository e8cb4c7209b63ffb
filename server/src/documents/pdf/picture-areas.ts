import type { PDFiumPage } from '@hyzyla/pdfium';
import type { Box } from '../document.ts';

/** Objects of a page looked at: a scan has one to a few hundred pictures (strips), and they are among the first. */
const OBJECTS_LOOKED_AT = 500;
/** Forms within forms that are looked into. */
const FORM_DEPTH = 4;
/** The page in device units: fine enough for a ten-thousandth of it. */
const DEVICE = 10_000;
/** Types of objects (fpdf_edit.h). */
const IMAGE = 3;
const FORM = 5;

/** What PDFium offers beyond the binding's own types (fpdf_edit.h, fpdfview.h). */
interface RawPdfium {
  HEAP32: Int32Array;
  HEAPF32: Float32Array;
  wasmExports: { malloc(size: number): number; free(pointer: number): void };
  _FPDFPageObj_GetType(object: number): number;
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  _FPDFPageObj_GetMatrix(object: number, matrix: number): number;
  _FPDFFormObj_CountObjects(form: number): number;
  _FPDFFormObj_GetObject(form: number, index: number): number;
  _FPDF_PageToDevice(...args: number[]): number;
}

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

export interface PageObjects {
  objectCount: number;
  /** Where pictures stand on the page as a viewer shows it, those within forms too; strips that touch are one. */
  pictures: Box[];
}

/** The objects of a page, without decoding any: a millisecond. */
export function lookAtPage(page: PDFiumPage): PageObjects {
  const { module: pdfium, pageIdx } = page as unknown as { module: RawPdfium; pageIdx: number };
  const objectCount = page.getObjectCount();
  const memory = pdfium.wasmExports.malloc(32);
  const boxes: Box[] = [];
  let left = OBJECTS_LOOKED_AT;

  function visit(object: number, matrix: Matrix, depth: number): void {
    if (left-- <= 0) return;
    const type = pdfium._FPDFPageObj_GetType(object);
    if (type === IMAGE) boxes.push(toPage(boundsOf(object), matrix));
    if (type !== FORM || depth === FORM_DEPTH) return;
    const inner = multiply(matrixOf(object), matrix);
    for (let index = 0; index < pdfium._FPDFFormObj_CountObjects(object) && left > 0; index++) {
      visit(pdfium._FPDFFormObj_GetObject(object, index), inner, depth + 1);
    }
  }

  const floats = (count: number): number[] => [...pdfium.HEAPF32.subarray(memory >> 2, (memory >> 2) + count)];
  function boundsOf(object: number): Box {
    pdfium._FPDFPageObj_GetBounds(object, memory, memory + 4, memory + 8, memory + 12);
    return floats(4) as Box;
  }
  function matrixOf(object: number): Matrix {
    return pdfium._FPDFPageObj_GetMatrix(object, memory) ? (floats(6) as unknown as Matrix) : IDENTITY;
  }
  function toPage([x0, y0, x1, y1]: Box, [a, b, c, d, e, f]: Matrix): Box {
    const corners = [x0, x1].flatMap((x) => [y0, y1].map((y) => toDevice(a * x + c * y + e, b * x + d * y + f)));
    const xs = corners.map((corner) => corner[0]);
    const ys = corners.map((corner) => corner[1]);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }
  function toDevice(x: number, y: number): [number, number] {
    pdfium._FPDF_PageToDevice(pageIdx, 0, 0, DEVICE, DEVICE, 0, x, y, memory + 24, memory + 28);
    const at = (memory + 24) >> 2;
    return [share(pdfium.HEAP32[at]), share(pdfium.HEAP32[at + 1])];
  }

  try {
    for (let index = 0; index < objectCount && left > 0; index++) {
      visit((page.getObject(index) as unknown as { objectIdx: number }).objectIdx, IDENTITY, 0);
    }
  } finally {
    pdfium.wasmExports.free(memory);
  }
  return { objectCount, pictures: joinTouching(boxes) };
}

const share = (device: number | undefined): number => Math.min(1, Math.max(0, (device ?? 0) / DEVICE));

const multiply = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + b * i,
  a * h + b * j,
  c * g + d * i,
  c * h + d * j,
  e * g + f * i + k,
  e * h + f * j + l,
];

/** A gap between strips of one picture, as a share of the page. */
const TOUCH = 0.002;

function joinTouching(boxes: Box[]): Box[] {
  const joined: Box[] = [];
  for (const box of boxes) {
    const next: Box = [...box];
    for (let index = joined.length - 1; index >= 0; index--) {
      const other = joined[index] as Box;
      if (!touch(next, other)) continue;
      joined.splice(index, 1);
      next[0] = Math.min(next[0], other[0]);
      next[1] = Math.min(next[1], other[1]);
      next[2] = Math.max(next[2], other[2]);
      next[3] = Math.max(next[3], other[3]);
    }
    joined.push(next);
  }
  return joined;
}

const touch = (a: Box, b: Box): boolean =>
  Math.min(a[2], b[2]) - Math.max(a[0], b[0]) > -TOUCH && Math.min(a[3], b[3]) - Math.max(a[1], b[1]) > -TOUCH;
