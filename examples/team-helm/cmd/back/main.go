// Command back says which version of it answers.
package main

import (
	"fmt"
	"net/http"

	"example.org/team-helm/internal/server"
)

func main() {
	server.Main(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "back", server.Version)
	}))
}
