import { compileCel } from './compile-cel.ts';
import type { ExpressionReference } from './find-cel-references.ts';
import { compileLiquid } from './render-liquid.ts';

/** Names that an expression takes from its scope, with the fields behind them. Throws a ResolutionError where it cannot be parsed. */
export const findCelReferences = (source: string): ExpressionReference[] => compileCel(source).references;

/** Names that a template takes from its scope, with the fields behind them. Throws a ResolutionError where it cannot be parsed. */
export const findLiquidReferences = (template: string): ExpressionReference[] => compileLiquid(template).references;
