/** One import or re-export of a source file. */
export interface SourceImport {
  specifier: string;
  /** Brings types only: it is gone when the file runs. */
  isType: boolean;
  /** As written between the braces, `type` included. */
  names: string[];
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:([\w$*{][^'"`;]*?)\s+from\s+)?['"]([^'"]+)['"]/gm;
const CALL = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a TypeScript file imports, statically and by `import()`. The text is our own, formatted by Biome. */
export function readImports(text: string): SourceImport[] {
  const source = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statements = [...source.matchAll(STATEMENT)].map(([, type, clause, specifier]) =>
    toImport(specifier as string, type !== undefined, clause),
  );
  const calls = [...source.matchAll(CALL)].map(([, specifier]) => ({ specifier: specifier as string, isType: false, names: [] }));
  return [...statements, ...calls];
}

function toImport(specifier: string, isMarked: boolean, clause: string | undefined): SourceImport {
  const names = (/\{([^}]*)\}/.exec(clause ?? '')?.[1] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const isBraced = clause?.startsWith('{') ?? false;
  const isType = isMarked || (isBraced && names.length > 0 && names.every((name) => name.startsWith('type ')));
  return { specifier, isType, names };
}

/** Every group of files that import each other in a circle (strongly connected components with more than one, or with themselves). */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    let reach = order.get(file) as number;
    open.push(file);
    for (const target of edges.get(file) ?? []) {
      if (!order.has(target)) reach = Math.min(reach, visit(target));
      else if (open.includes(target)) reach = Math.min(reach, low.get(target) ?? (order.get(target) as number));
    }
    low.set(file, reach);
    if (reach === order.get(file)) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1 || edges.get(file)?.includes(file)) cycles.push(group.sort());
    }
    return reach;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
