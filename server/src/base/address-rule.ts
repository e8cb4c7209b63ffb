import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

const networkOf = (cidr: string): Network => ipaddr.parseCIDR(cidr);
const isIn = (address: Address, [network, bits]: Network): boolean =>
  network.kind() === address.kind() && address.match(network as never, bits);

/** What IANA has given out for use on the internet (RFC 4291, 2.4); the rest of IPv6 is somebody's own, or nobody's. */
const GLOBAL_IPV6 = networkOf('2000::/3');
/** Within it: protocol assignments with Teredo, ORCHID and benchmarking (RFC 2928), 6to4 (RFC 3056), documentation (RFC 3849, RFC 9637). */
const NOT_GLOBAL = ['2001::/23', '2002::/16', '2001:db8::/32', '3fff::/20'].map(networkOf);
/** NAT64 (RFC 6052): a network with such a gateway reaches the IPv4 address in the last 32 bits. */
const NAT64 = networkOf('64:ff9b::/96');

/**
 * Whether an address may be called: public unicast, or inside an allowed network. IPv6 forms that carry an IPv4 address which the network would
 * reach (IPv4-mapped, NAT64) are judged by that address; the others (6to4, Teredo, IPv4-compatible) are refused. A CIDR that is none throws at once.
 */
export function addressRule(allowPrivateNetworks: readonly string[]): (address: string) => boolean {
  const networks = allowPrivateNetworks.map(networkOf);
  return (address) => {
    const plain = address.split('%')[0] ?? '';
    if (!ipaddr.isValid(plain)) return false;
    const parsed = carriedAddress(ipaddr.process(plain));
    return networks.some((network) => isIn(parsed, network)) || isPublic(parsed);
  };
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (isIn(address, GLOBAL_IPV6) && !NOT_GLOBAL.some((network) => isIn(address, network)));
}

function carriedAddress(address: Address): Address {
  return isIn(address, NAT64) ? ipaddr.fromByteArray(address.toByteArray().slice(-4)) : address;
}
