module example.org/team-kustomize

go 1.21
