import { certificateKind } from "./cert-manager/certificate";
import { gatewayShim } from "./cert-manager/gateway-shim";
import { ingressShim } from "./cert-manager/ingress-shim";
import { issuerKinds } from "./cert-manager/issuer";
import { backupKind } from "./cloudnative-pg/backup";
import { clusterKind } from "./cloudnative-pg/cluster";
import { scheduledBackupKind } from "./cloudnative-pg/scheduled-backup";
import { externalSecretKind } from "./external-secrets/external-secret";
import { storeKinds } from "./external-secrets/store";
import { canaryKind } from "./flagger/canary";
import type { Operator } from "./operator";
import { monitoringKinds } from "./prometheus-operator/monitoring";
import { backupStorageLocationKind } from "./velero/backup-storage-location";
import { scheduleKind } from "./velero/schedule";

/** The operators that the sandbox does some of the work of. */
export const operators: readonly Operator[] = [
    {
        name: "cert-manager",
        image: /\/cert-manager-controller(:|@|$)/,
        kinds: [...issuerKinds, certificateKind, ingressShim, gatewayShim],
    },
    {
        name: "cloudnative-pg",
        image: /\/cloudnative-pg\/cloudnative-pg(:|@|$)/,
        kinds: [clusterKind, backupKind, scheduledBackupKind],
    },
    {
        name: "external-secrets",
        image: /\/external-secrets\/external-secrets(:|@|$)/,
        app: "external-secrets",
        kinds: [...storeKinds, externalSecretKind],
    },
    { name: "flagger", image: /\/flagger(:|@|$)/, kinds: [canaryKind] },
    { name: "prometheus-operator", image: /\/prometheus-operator(:|@|$)/, kinds: monitoringKinds },
    { name: "velero", image: /(^|\/)velero(:|@|$)/, kinds: [backupStorageLocationKind, scheduleKind] },
];
