import * as dns from "@pulumi/azure-native/dns";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";

export interface DnsZoneArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    /** The domain, such as `k8s.example.com`. */
    readonly domain: pulumi.Input<string>;
    /** Whether the zone is protected and retained: a new one has other name servers, which its parent has to learn. */
    readonly protect: boolean;
}

/** A public DNS zone for the platform's host names. Its parent zone has to delegate to `nameServers`, by hand, once. */
export class DnsZone extends pulumi.ComponentResource {
    /** ARM id of the zone. */
    readonly zoneId: pulumi.Output<string>;
    /** Name servers to put into the parent zone's NS record. */
    readonly nameServers: pulumi.Output<string[]>;

    constructor(name: string, args: DnsZoneArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:DnsZone", name, {}, opts);
        const zone = new dns.Zone(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                zoneName: args.domain,
                location: "global",
                zoneType: "Public",
            },
            durable(this, args.protect),
        );
        this.zoneId = zone.id;
        this.nameServers = zone.nameServers;
        this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
    }
}
