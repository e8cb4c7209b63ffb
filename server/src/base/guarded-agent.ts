import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch } from 'undici';
import { addressRule } from './address-rule.ts';
import { EgressError } from './egress-error.ts';

/** All addresses of a name. */
export type NameLookup = (hostname: string, options: { family?: number; hints?: number }) => Promise<{ address: string; family: number }[]>;

/** Sends one request, and follows nothing. */
export interface GuardedFetch {
  send(url: URL, request: RequestInit): Promise<Response>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export interface AgentOptions {
  /** CIDRs that are allowed although they are not public. */
  allowPrivateNetworks: readonly string[];
  /** Origins whose addresses are not checked. */
  isConfigured(origin: string): boolean;
  connectTimeoutMs: number;
  lookup: NameLookup | undefined;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** The system's own resolver, so that what the operator wrote in its hosts file counts. */
const systemLookup: NameLookup = (hostname, { family, hints }) =>
  dnsLookup(hostname, { all: true, ...(family === undefined ? {} : { family }), ...(hints === undefined ? {} : { hints }) });

/** Requests over connections to checked addresses. */
export function guardedFetch(options: AgentOptions): GuardedFetch {
  const agent = guardedAgent(options);
  return {
    send: async (url, request) =>
      (await fetch(url, { ...request, dispatcher: agent } as Parameters<typeof fetch>[1])) as unknown as Response,
    close: () => agent.destroy(),
  };
}

/** Connections to checked addresses alone, HTTP/1.1 alone: the limits of headers and frames are those of one protocol. */
function guardedAgent({ allowPrivateNetworks, isConfigured, connectTimeoutMs, lookup = systemLookup }: AgentOptions): Agent {
  const isAllowed = addressRule(allowPrivateNetworks);
  const connectOptions = { timeout: connectTimeoutMs, allowH2: false };
  const trusted = buildConnector(connectOptions);
  const guarded = buildConnector({ ...connectOptions, lookup: guardedLookup(isAllowed, lookup) });
  return new Agent({
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect(target, callback) {
      const host = target.hostname.replace(/^\[|\]$/g, '');
      if (isConfigured(originOf(target.protocol, target.hostname, target.port))) trusted(target, callback);
      // A custom lookup is never asked about literals, so they are checked here.
      else if (isIP(host) !== 0 && !isAllowed(host)) callback(refused(host), null);
      else guarded(target, callback);
    },
  });
}

const originOf = (protocol: string, hostname: string, port: string): string =>
  new URL(`${protocol}//${isIP(hostname) === 6 ? `[${hostname}]` : hostname}${port === '' ? '' : `:${port}`}`).origin;

const refused = (host: string): EgressError =>
  new EgressError('address_refused', `'${host}' is not a public address; FLOW_ALLOW_PRIVATE_NETWORKS can allow its network.`);

/** One answer that is not allowed refuses the name; the connection then goes to an address of this very answer. */
function guardedLookup(isAllowed: (address: string) => boolean, lookup: NameLookup): LookupFunction {
  return (hostname, options, callback) => {
    const { family, hints } = options;
    const asked = { ...(typeof family === 'number' ? { family } : {}), ...(hints === undefined ? {} : { hints }) };
    lookup(hostname, asked).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every((each) => isAllowed(each.address))) return callback(refused(hostname), []);
        if (options.all === true) return callback(null, addresses);
        callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
