import { claimsOf } from "../../azure/access-token";
import { contains, parseCidr } from "../../settings/cidr";
import { type Answer, NotKnown } from "../finding";

const key = "landfall:authorizedIpRanges";

/**
 * Whether the API server will let the deployer in. Entra ID writes the address from which a person asked for a token
 * into it (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, `ipaddr`); nobody else is
 * asked. It is a warning: since then the machine may have moved, and a VPN may send the two different ways.
 */
export function egressAddress(authorizedIpRanges: readonly string[], token: string): Promise<Answer> {
    if (authorizedIpRanges.length === 0) {
        return Promise.resolve({});
    }
    const { ipaddr } = claimsOf(token);
    const address = typeof ipaddr === "string" ? parseCidr(`${ipaddr}/32`) : undefined;
    if (!address) {
        const reason = "the login does not tell the address of this machine; make sure that it is in one of the ranges";
        return Promise.reject(new NotKnown(`${key}: ${reason}`));
    }
    const allowed = authorizedIpRanges.map(parseCidr).some((range) => range !== undefined && contains(range, address));
    const message =
        `Entra ID saw this machine at ${String(ipaddr)}, which is in none of ${authorizedIpRanges.join(", ")}: without ` +
        `the API server, up stops when the cluster is there; add ${String(ipaddr)}/32, or run up from one of the ranges`;
    return Promise.resolve(allowed ? {} : { warnings: [{ key, message }] });
}
