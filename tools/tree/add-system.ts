import * as fs from "node:fs";
import * as path from "node:path";
import { copyToLayer, layerFile } from "./layer-file";
import { checkNewName, writeFiles } from "./new-name";
import { TreeError } from "./tree-error";

export interface NewSystem {
    /** The layer that installs it. */
    readonly layer: string;
    /** Address of its chart: `oci://<registry>/<path>`. */
    readonly chart: string;
    readonly version: string;
}

/**
 * Adds a system that a chart installs: a folder with namespace, network policy, source and release, and a line in a
 * layer.
 *
 * @returns what was written, from `root`.
 * @throws TreeError if the name is invalid or taken, if the layer does not exist, or if the chart is not an OCI
 * artifact with an exact version.
 */
export function addSystem(root: string, name: string, { layer, chart, version }: NewSystem): string[] {
    checkNewName(root, "a system", name, [`systems/${name}`, `tenants/${name}`]);
    const list = `layers/${layer}/kustomization.yaml`;
    if (!fs.existsSync(path.join(root, list))) {
        const layers = fs.readdirSync(path.join(root, "layers")).filter((entry) => !entry.includes("."));
        throw new TreeError(`--layer ${layer} does not exist; layers are ${layers.join(", ")}`);
    }
    if (!/^oci:\/\/[^/]+\/\S+$/.test(chart)) {
        const advice = "for a chart of a Helm repository, copy systems/velero";
        throw new TreeError(`--chart ${chart} is not an address such as oci://ghcr.io/owner/chart; ${advice}`);
    }
    if (!/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
        throw new TreeError(`--version ${version} is not the exact version of a chart, such as 1.2.3`);
    }
    const text = fs.readFileSync(path.join(root, list), "utf8");
    const line = /^resources:\n/m.exec(text);
    if (!line) {
        throw new TreeError(`layer ${layer} lists no systems; choose another one`);
    }
    const written = writeFiles(root, filesOf(name, chart, version));
    fs.writeFileSync(path.join(root, list), text.replace(line[0], `${line[0]}  - ../../systems/${name}\n`));
    copyToLayer(root, layer, `systems/${name}/*`);
    return [...written, list, layerFile(layer)];
}

function filesOf(name: string, chart: string, version: string): Record<string, string> {
    const folder = `systems/${name}`;
    return {
        [`${folder}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - namespace.yaml
  - source.yaml
  - release.yaml
  - network-policy.yaml
`,
        [`${folder}/namespace.yaml`]: `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  annotations:
    # A namespace that is pruned takes its volumes along, so removing one is left to a person.
    kustomize.toolkit.fluxcd.io/prune: disabled
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
    pod-security.kubernetes.io/audit: restricted
`,
        [`${folder}/network-policy.yaml`]: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: ${name}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: monitoring
`,
        [`${folder}/source.yaml`]: `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 1h
  url: ${chart}
  ref:
    tag: ${version}
  layerSelector:
    mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip
    operation: copy
`,
        [`${folder}/release.yaml`]: releaseOf(name),
    };
}

function releaseOf(name: string): string {
    return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ${name}
  namespace: flux-system
spec:
  chartRef:
    kind: OCIRepository
    name: ${name}
  releaseName: ${name}
  targetNamespace: ${name}
  storageNamespace: ${name}
  values: {}
`;
}
