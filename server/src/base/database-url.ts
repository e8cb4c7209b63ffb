const PARTS = /^(postgres(?:ql)?:\/\/)(?:([^@/?]*)@)?([^/?]*)(.*)$/s;
const HOST = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/;

/**
 * DATABASE_URL in the form that the platform passes about. Of several servers, `a:5432,b:5432` (libpq, "Specifying Multiple Hosts"), the first stands in
 * the address and all of them in the parameters `host` and `port`, which libpq reads as well: an address with commas and ports is no URL to others.
 * The text itself stays out of every message: it may hold a password. Throws an Error that completes "DATABASE_URL ".
 */
export function parseDatabaseUrl(text: string): string {
  const [, scheme = '', credentials, authority = '', rest = ''] = PARTS.exec(text) ?? [];
  const hosts = authority.split(',').map(readHost);
  const isUsable = scheme !== '' && URL.canParse(`${scheme}${authority.split(',')[0]}${rest}`);
  if (!isUsable || (hosts.length > 1 && hosts.includes(undefined))) {
    throw new Error(
      'must be a URL that begins with postgres: or postgresql:, of several servers as postgres://user:password@a:5432,b:5432/name',
    );
  }
  const url = new URL(`${scheme}${credentials === undefined ? '' : `${credentials}@`}${authority.split(',')[0]}${rest}`);
  const wanted = url.searchParams.get('target_session_attrs');
  if (wanted !== null && wanted !== 'read-write' && wanted !== 'primary') {
    throw new Error('must say target_session_attrs=read-write, or nothing: the platform writes through every connection');
  }
  if (hosts.length > 1) {
    url.searchParams.set('host', hosts.map((host) => host?.name).join(','));
    url.searchParams.set('port', hosts.map((host) => host?.port).join(','));
  }
  return hosts.length > 1 ? url.href : text.replace(/\/+$/, '');
}

function readHost(text: string): { name: string; port: string } | undefined {
  const [, name, port = '5432'] = HOST.exec(text) ?? [];
  return name === undefined ? undefined : { name: name.replace(/^\[|\]$/g, ''), port };
}
