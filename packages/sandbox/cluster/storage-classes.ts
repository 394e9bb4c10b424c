/** The storage classes that every AKS cluster has, so that a claim names the same class here and there. */
import type { KubernetesApi } from "../kubernetes/api";

/** learn.microsoft.com/azure/aks/concepts-storage#storage-classes */
const classes = [
    { name: "default", provisioner: "disk.csi.azure.com", skuname: "StandardSSD_LRS" },
    { name: "managed-csi", provisioner: "disk.csi.azure.com", skuname: "StandardSSD_LRS" },
    { name: "managed-csi-premium", provisioner: "disk.csi.azure.com", skuname: "Premium_LRS" },
    { name: "azurefile-csi", provisioner: "file.csi.azure.com", skuname: "Standard_LRS" },
    { name: "azurefile-csi-premium", provisioner: "file.csi.azure.com", skuname: "Premium_LRS" },
] as const;

export async function applyStorageClasses(api: KubernetesApi): Promise<void> {
    await Promise.all(
        classes.map(({ name, provisioner, skuname }) => {
            const isDefault = String(name === "default");
            return api.apply(`/apis/storage.k8s.io/v1/storageclasses/${name}`, {
                apiVersion: "storage.k8s.io/v1",
                kind: "StorageClass",
                metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": isDefault } },
                provisioner,
                parameters: { skuname },
                reclaimPolicy: "Delete",
                allowVolumeExpansion: true,
                volumeBindingMode: provisioner === "disk.csi.azure.com" ? "WaitForFirstConsumer" : "Immediate",
            });
        }),
    );
}
