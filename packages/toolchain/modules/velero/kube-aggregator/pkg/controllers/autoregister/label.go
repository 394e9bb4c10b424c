// Package autoregister stands in for the only package of k8s.io/kube-aggregator that Velero uses, of which it takes one
// name: the module is not in Go's module proxy at the version that goes with Velero's libraries.
package autoregister

// AutoRegisterManagedLabel is on the APIServices that the API server itself makes. Velero does not restore them.
const AutoRegisterManagedLabel = "kube-aggregator.kubernetes.io/automanaged"
