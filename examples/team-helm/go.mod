module example.org/team-helm

go 1.21
