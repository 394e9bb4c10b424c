module k8s.io/kube-aggregator

go 1.26.0
