/** What ops/ says of the platform is so: settings, commands, routes, ports, and that nobody is killed while it drains. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '#base';
import { LONGEST_DRAIN_MS } from '#worker';
import { PERMISSIONS } from '../../src/api/permissions.ts';
import { migrate } from '../../src/cli/migrate.ts';
import { serve } from '../../src/cli/serve.ts';
import { worker } from '../../src/cli/worker.ts';
import {
  compose,
  dockerfile,
  kustomization,
  manifests,
  podMakers,
  ROOT,
  read,
  readEnvironmentFile,
  selectorOf,
  units,
} from './deployment-files.ts';

const COMMANDS: Record<string, { args?: unknown }> = { serve, worker, migrate };
const packages = JSON.parse(read('package.json')) as { version: string; optionalDependencies: Record<string, string> };
const ours = Object.entries(compose.services).filter(([, { image }]) => image.startsWith('flow:'));
const containers = podMakers.flatMap(({ pod }) => pod.containers);

/** Of Node, of the images that we start beside our own, and of compose itself. */
const NOT_SETTINGS = new Set(['NODE_ENV', 'NODE_COMPILE_CACHE', 'POSTGRES_PASSWORD', 'LISTEN_ADDRESS']);

const pairs = (words: string[]): [string, string][] =>
  words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);

/** Where a setting stands, its name and the value that it is given there. */
const given: [string, string, string][] = [
  ...units.flatMap(({ path, values }) => pairs(values.get('Service.Environment') ?? []).map((pair) => [path, ...pair] as const)),
  ...['ops/systemd/flow.env.example', 'ops/docker/.env.example'].flatMap((path) =>
    readEnvironmentFile(path).map((pair) => [path, ...pair] as const),
  ),
  ...dockerfile
    .filter(({ instruction }) => instruction === 'ENV')
    .flatMap(({ text }) => pairs(text.split(/\s+/)).map((pair) => ['Dockerfile', ...pair] as const)),
  ...ours.flatMap(([name, { environment }]) => Object.entries(environment).map((pair) => [`compose ${name}`, ...pair] as const)),
  ...kustomization.configMapGenerator.flatMap(({ literals }) => pairs(literals).map((pair) => ['kustomization', ...pair] as const)),
  ...manifests.flatMap(({ path, stringData }) => Object.entries(stringData ?? {}).map((pair) => [path, ...pair] as const)),
].map(([where, name, value]) => [where, name, value]);

test('every variable is a setting, and its value is one that the setting takes', () => {
  expect(given.length).toBeGreaterThan(20);
  const faults = given
    .filter(([, name]) => !NOT_SETTINGS.has(name))
    .flatMap(([where, name, value]) => {
      const setting = SETTINGS.find((one) => one.name === name);
      if (!setting) return [`${where}: ${name} is no setting`];
      if (value === '' || value.includes('${')) return []; // filled in by the operator
      try {
        setting.parse(value);
        return [];
      } catch (error) {
        return [`${where}: ${name} ${(error as Error).message}`];
      }
    });
  expect(faults).toEqual([]);
});

test('a variable that compose fills in is in the example of its file', () => {
  const named = [...read('ops/docker/compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name as string);
  const offered = readEnvironmentFile('ops/docker/.env.example').map(([name]) => name);
  expect(named.filter((name) => !offered.includes(name))).toEqual([]);
  expect(offered.filter((name) => !named.includes(name))).toEqual([]);
});

/** A command of ours with flags that it takes; what is wrong with it otherwise. */
function faultOfCommand([name = '', ...words]: string[]): string | undefined {
  const command = COMMANDS[name];
  if (!command) return `there is no command '${name}' here`;
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  const unknown = flags.find((flag) => !Object.hasOwn(command.args as ArgsDef, flag));
  return unknown && `${name} has no flag --${unknown}`;
}

test('every command is one of the program, with flags that it takes', () => {
  const program = read('server/src/cli/flow.ts');
  for (const name of Object.keys(COMMANDS)) expect(program).toContain(`import('./${name}.ts')`);
  const cmd = dockerfile.find(({ instruction }) => instruction === 'CMD')?.text ?? '[]';
  const commands = [
    ...units.map(({ command }) => command),
    JSON.parse(cmd) as string[],
    ...ours.map(([, service]) => service.command ?? []),
    ...containers.map(({ args }) => args),
  ];
  expect(commands).toHaveLength(8);
  expect(commands.map(faultOfCommand)).toEqual(commands.map(() => undefined));
  expect(faultOfCommand(['serve', '--nothing'])).toBe('serve has no flag --nothing');
});

test('nobody is killed while it drains, and only the main process is told to stop', () => {
  const seconds = [
    ...units.map(({ values }) => Number(values.get('Service.TimeoutStopSec')?.[0])),
    ...ours.map(([, service]) => Number(/^(\d+)s$/.exec(service.stop_grace_period)?.[1])),
    ...podMakers
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ pod }) => (pod.terminationGracePeriodSeconds ?? 30) - (pod.containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0)),
  ];
  expect(seconds).toHaveLength(6);
  const REQUESTS_END_MS = 30_000; // the API closes before the workers drain
  for (const limit of seconds) expect(limit * 1000).toBeGreaterThanOrEqual(LONGEST_DRAIN_MS + REQUESTS_END_MS);
  for (const { values } of units) {
    expect(values.get('Service.KillSignal')).toEqual(['SIGTERM']);
    expect(values.get('Service.KillMode')).toEqual(['mixed']);
  }
  for (const [, service] of ours) expect(service.stop_signal).toBe('SIGTERM');
  expect(dockerfile).toContainEqual({ instruction: 'STOPSIGNAL', text: 'SIGTERM' });
});

describe('health', () => {
  const routes = read('server/src/api/system/probes.ts');

  test('every probe asks a route that exists and is open to anyone', () => {
    const probed = [
      ...containers
        .flatMap((one) => [one.startupProbe, one.readinessProbe, one.livenessProbe])
        .flatMap((probe) => probe?.httpGet.path ?? []),
      ...dockerfile.flatMap(({ instruction, text }) =>
        instruction === 'HEALTHCHECK' ? [...text.matchAll(/\/health\/\w+/g)].map(([path]) => path) : [],
      ),
    ];
    expect(probed).toHaveLength(4);
    for (const path of probed) expect(routes).toContain(`'${path}',`);
    expect([PERMISSIONS.get_live, PERMISSIONS.get_ready]).toEqual(['public', 'public']);
  });

  test('a restart is never asked for because the database is away', () => {
    for (const { livenessProbe } of containers) if (livenessProbe) expect(livenessProbe.httpGet.path).toBe('/health/live');
  });
});

test('ports agree: what is listened on, told, published and let in', () => {
  const port = SETTINGS.find(({ key }) => key === 'port')?.default;
  expect(dockerfile).toContainEqual({ instruction: 'EXPOSE', text: port });
  expect(given.filter(([, name]) => name === 'FLOW_PORT').map(([, , value]) => value)).toEqual([port, port]);
  expect(ours.flatMap(([, { ports }]) => ports ?? []).map((text) => text.split(':').at(-1))).toEqual([port]);
  const listening = containers.flatMap(({ ports }) => ports ?? []);
  expect(listening.map(({ containerPort }) => String(containerPort))).toEqual([port]);
  const service = manifests.find(({ kind }) => kind === 'Service');
  expect(service?.spec?.ports?.[0]?.targetPort).toBe(listening[0]?.name);
  const ingress = manifests.find(({ metadata }) => metadata.name === 'flow-api-in');
  expect(String(ingress?.spec?.ingress?.[0]?.ports[0]?.port)).toBe(port);
});

test('who is selected exists: services, budgets, policies and scaling find their pods, pods their volumes, settings and account', () => {
  const labels = podMakers.map((maker) => ({ ...maker.labels, 'app.kubernetes.io/part-of': 'flow' }) as Record<string, string>); // by the kustomization
  const selectors = manifests.flatMap((manifest) => {
    const selector = selectorOf(manifest);
    return selector ? [{ name: `${manifest.kind} ${manifest.metadata.name}`, selector: Object.entries(selector) }] : [];
  });
  expect(selectors.map(({ name }) => name)).toHaveLength(8);
  for (const { name, selector } of selectors) {
    expect(
      labels.some((label) => selector.every(([key, value]) => label[key] === value)),
      name,
    ).toBe(true);
  }
  const scaled = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec?.scaleTargetRef;
  expect(podMakers.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain(`${scaled?.kind} ${scaled?.name}`);
  for (const { pod } of podMakers) {
    expect(manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)).toContain(
      pod.serviceAccountName,
    );
    const mounted = pod.containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(mounted.sort()).toEqual(pod.volumes.map(({ name }) => name).sort());
    expect(pod.containers.flatMap(({ envFrom }) => envFrom)).toEqual([{ configMapRef: { name: 'flow' } }, { secretRef: { name: 'flow' } }]);
  }
  const listed = [...kustomization.resources, 'secret.example.yaml'].map((name) => `ops/kubernetes/${name}`).sort();
  expect([...new Set(manifests.map(({ path }) => path))]).toEqual(listed);
});

test('everything runs without rights, on a file system that it cannot write but for its data and /tmp', () => {
  for (const { pod } of podMakers) {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const one of pod.containers) {
      expect(one.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(one.volumeMounts.map(({ mountPath }) => mountPath).sort()).toEqual(['/data', '/tmp']);
      expect(one.resources.limits.memory).toMatch(/^\d+[MG]i$/);
    }
  }
  for (const [, service] of ours) expect(service.read_only).toBe(true);
  const user = dockerfile.findLast(({ instruction }) => instruction === 'USER')?.text;
  expect(user).toBe(`${podMakers[0]?.pod.securityContext['runAsUser']}:${podMakers[0]?.pod.securityContext['runAsGroup']}`);
  for (const { values } of units) {
    for (const name of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome']) expect(values.get(`Service.${name}`)).toEqual(['yes']);
    expect(values.get('Service.ProtectSystem')).toEqual(['strict']);
    expect(values.get('Service.StateDirectory')).toEqual(['flow']);
    expect(values.get('Service.Environment')).toContain('FLOW_DATA_DIR=/var/lib/flow');
    expect(values.get('Service.OOMPolicy')).toEqual(['continue']); // a parser that is killed for its memory must not end the service
    expect(values.get('Service.MemoryDenyWriteExecute')).toBeUndefined(); // V8 could not compile
  }
});

test('the image has the Node that the platform is tested with, copies what exists, and bears the version', () => {
  const versions = new Set(Object.values(packages.optionalDependencies));
  const bases = dockerfile.filter(({ instruction }) => instruction === 'FROM').map(({ text }) => text.split(' ')[0]);
  expect(bases).toEqual([...bases].map(() => `node:${[...versions][0]}-slim`));
  expect(versions.size).toBe(1);
  const copied = dockerfile
    .filter(({ instruction, text }) => instruction === 'COPY' && !text.startsWith('--'))
    .flatMap(({ text }) => text.split(' ').slice(0, -1));
  expect(copied.length).toBeGreaterThan(5);
  const ignored = read('ops/docker/Dockerfile.dockerignore').split('\n');
  for (const path of copied) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(ignored).toContain(`!${path.split('/')[0]}`); // all else is left out of what is sent to the builder
  }
  expect(ours.map(([, { image }]) => image)).toEqual(ours.map(() => `flow:${packages.version}`));
  expect(kustomization.images).toEqual([expect.objectContaining({ name: 'flow', newTag: packages.version })]);
  expect(containers.every(({ image }) => image === 'flow')).toBe(true);
});
