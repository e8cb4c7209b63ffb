import { addressRule, type Config } from '#base';
import { type Finding, findingOf } from './finding.ts';

const LEAST_DISTINCT = 16; // bytes of a key; 32 random ones have fewer than 20 different values once in ten million times

/** A key that a person typed, or filled with one letter, is guessed. */
export function checkKey({ encryptionKey }: Pick<Config, 'encryptionKey'>): Finding {
  const isWeak = new Set(encryptionKey).size < LEAST_DISTINCT;
  const says = isWeak
    ? ['it repeats itself and can be guessed: make one by `openssl rand -base64 32` before anything is sealed with it']
    : [];
  return findingOf('Encryption key', says, '32 bytes');
}

const isPublic = addressRule([]);

type Reached = Pick<Config, 'host' | 'publicUrl' | 'corsOrigins' | 'allowPrivateNetworks'>;

/** How the platform is reached from outside, and what it may reach. */
export function checkNetwork(config: Reached): Finding {
  const faults: string[] = [];
  const { publicUrl } = config;
  if (publicUrl !== undefined && new URL(publicUrl).protocol === 'http:' && !isPrivate(new URL(publicUrl).hostname)) {
    faults.push(
      `FLOW_PUBLIC_URL is ${publicUrl}: passwords and keys cross the network in the clear; put TLS before it and name it with https:`,
    );
  }
  if (publicUrl === undefined && !isPrivate(config.host)) {
    faults.push(
      `FLOW_HOST is ${config.host} and FLOW_PUBLIC_URL is not set: links in answers lead nowhere for others; set the address that they use`,
    );
  }
  if (config.corsOrigins.includes('*')) {
    faults.push('FLOW_CORS_ORIGINS is *: every page that a user opens may call the API; list the origins of your own pages');
  }
  const wide = config.allowPrivateNetworks.filter((network) => Number(network.split('/')[1]) === 0);
  if (wide.length > 0) {
    faults.push(
      `FLOW_ALLOW_PRIVATE_NETWORKS has ${wide.join(', ')}: a flow may call this machine and all beside it; list the networks that flows need`,
    );
  }
  return findingOf('Network', faults, publicUrl ?? `for this machine, at ${config.host}`);
}

/** Not an address of the internet: a name without dots, a private or loopback address. All of the machine's addresses are not private. */
function isPrivate(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === '0.0.0.0' || bare === '::') return false;
  if (!/^[\d.]+$|:/.test(bare)) return !bare.includes('.') || /\.(local|internal|localhost)$/.test(bare);
  return !isPublic(bare);
}

/** Names that look like settings and are none. */
export function checkNames(unknown: readonly string[]): Finding {
  const faults = unknown.length === 0 ? [] : [`no setting has this name: ${unknown.join(', ')}`];
  return findingOf('Environment', faults, 'every FLOW_ variable is known');
}
