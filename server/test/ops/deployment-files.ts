/** The files of ops/, read as what reads them would. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const listed = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort();

/** What a text of `NAME=value` lines gives to the process; comments that hold such a line count too: they are meant to be uncommented. */
export const readEnvironmentFile = (path: string): [string, string][] =>
  [...read(path).matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);

export interface Unit {
  path: string;
  /** `Section.Name` -> every value that it is given. */
  values: Map<string, string[]>;
  /** The words after the program. */
  command: string[];
}

function readUnit(path: string): Unit {
  const values = new Map<string, string[]>();
  let section = '';
  for (const line of read(path).split('\n')) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name) values.set(`${section}.${name}`, [...(values.get(`${section}.${name}`) ?? []), value]);
  }
  const [, , ...command] = (values.get('Service.ExecStart')?.[0] ?? '').split(' ');
  return { path, values, command };
}

export const units = listed('ops/systemd/*.service').map(readUnit);

/** An instruction of the Dockerfile with its text, continued lines joined. */
export const dockerfile = read('ops/docker/Dockerfile')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter(Boolean)
  .map((line) => ({ instruction: line.split(' ', 1)[0] as string, text: line.slice(line.indexOf(' ') + 1).trim() }));

export interface ComposeService {
  image: string;
  command?: string[];
  environment: Record<string, string>;
  ports?: string[];
  volumes: string[];
  read_only?: boolean;
  stop_grace_period: string;
  stop_signal: string;
  depends_on?: Record<string, unknown>;
}

export const compose = parse(read('ops/docker/compose.yaml'), { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};

interface Probe {
  httpGet: { path: string; port: string };
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  securityContext: Record<string, unknown>;
  ports?: { name: string; containerPort: number }[];
  resources: { limits: { memory: string }; requests: { memory: string } };
  volumeMounts: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
}

type Labels = Record<string, string>;

export interface Pod {
  containers: Container[];
  terminationGracePeriodSeconds?: number;
  serviceAccountName: string;
  securityContext: Record<string, unknown>;
  volumes: { name: string }[];
}

/** What of any kind's specification is looked at here. */
interface Spec {
  template?: { metadata: { labels: Labels }; spec: Pod };
  /** A Service's holds the labels themselves. */
  selector?: { matchLabels?: Labels } & Record<string, unknown>;
  podSelector?: { matchLabels: Labels };
  scaleTargetRef?: { kind: string; name: string };
  ports?: { targetPort: string }[];
  ingress?: { ports: { port: number }[] }[];
}

export interface Manifest {
  path: string;
  kind: string;
  metadata: { name: string };
  spec?: Spec;
  stringData?: Record<string, string>;
}

export const kustomization = parse(read('ops/kubernetes/kustomization.yaml')) as {
  resources: string[];
  configMapGenerator: { name: string; literals: string[] }[];
  images: { name: string; newTag: string }[];
};

export const manifests: Manifest[] = listed('ops/kubernetes/*.yaml')
  .filter((path) => !path.endsWith('kustomization.yaml'))
  .flatMap((path) =>
    parseAllDocuments(read(path)).map((document) => {
      if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
      return { path, ...(document.toJS() as Omit<Manifest, 'path'>) };
    }),
  );

/** What makes pods, with the pod that it makes. */
export const podMakers = manifests.flatMap(({ kind, metadata, spec }) =>
  spec?.template ? [{ kind, metadata, labels: spec.template.metadata.labels, pod: spec.template.spec }] : [],
);

/** The labels that a resource finds pods by; undefined where it finds none. */
export const selectorOf = ({ kind, spec }: Manifest): Labels | undefined =>
  kind === 'Service' ? (spec?.selector as Labels) : (spec?.podSelector ?? spec?.selector)?.matchLabels;
