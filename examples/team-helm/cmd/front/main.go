// Command front answers with its version and with what back, at the address in BACKEND, says.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"example.org/team-helm/internal/server"
)

func main() {
	server.Main(front(os.Getenv("BACKEND")))
}

func front(backend string) http.Handler {
	client := http.Client{Timeout: 5 * time.Second}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer, err := client.Get(backend)
		if err != nil {
			http.Error(w, "back does not answer", http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		fmt.Fprintln(w, "front", server.Version)
		if _, err := io.Copy(w, io.LimitReader(answer.Body, 1<<20)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
}
