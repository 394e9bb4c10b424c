// Command app says which version of it answers.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// version is the version that the program was built as.
var version = "unknown"

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: ":8080", Handler: newHandler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	fmt.Println("version", version, "listens on", server.Addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		// No request is dropped.
		deadline, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		return server.Shutdown(deadline)
	}
}

// newHandler answers below /api/, probes, and what Prometheus asks.
func newHandler() http.Handler {
	var answers, errors atomic.Int64
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			errors.Add(1)
			http.Error(w, "GET is all that there is", http.StatusMethodNotAllowed)
			return
		}
		answers.Add(1)
		fmt.Fprintln(w, "app", version)
	})
	mux.HandleFunc("/healthz", ok)
	mux.HandleFunc("/readyz", ok)
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintln(w, "# TYPE http_requests_total counter")
		fmt.Fprintf(w, "http_requests_total{status=\"200\"} %d\n", answers.Load())
		fmt.Fprintf(w, "http_requests_total{status=\"405\"} %d\n", errors.Load())
	})
	return mux
}
