// Package server has what both programs share: probes, metrics, an end that drops no request, and the check that a
// chart's test runs.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"sync"
	"syscall"
	"time"
)

// Version is the version that the program was built as.
var Version = "unknown"

const address = ":8080"

// Main serves a handler below /api/ until the program is told to end. With the argument check and a URL it asks that
// URL once instead: images without a shell have no other way to try a Service from inside the cluster.
func Main(api http.Handler) {
	if len(os.Args) == 3 && os.Args[1] == "check" {
		if err := check(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := serve(New(api)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// New gives the handler of a program: its own part, probes, and metrics of its own part.
func New(api http.Handler) http.Handler {
	counts := &counts{answers: map[int]int{}}
	mux := http.NewServeMux()
	mux.Handle("/api/", counts.of(api))
	mux.HandleFunc("/healthz", ok)
	mux.HandleFunc("/readyz", ok)
	mux.Handle("/metrics", counts)
	return mux
}

func ok(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ok")
}

func check(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	fmt.Printf("%s answers %s: %s", url, answer.Status, body)
	if answer.StatusCode != http.StatusOK {
		return errors.New("that is not what it should")
	}
	return nil
}

func serve(handler http.Handler) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	fmt.Println("version", Version, "listens on", address)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		deadline, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		return server.Shutdown(deadline)
	}
}

// counts has the answers by status, in the format that Prometheus reads.
type counts struct {
	mutex   sync.Mutex
	answers map[int]int
}

func (c *counts) of(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &statusNote{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(noted, r)
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.answers[noted.status]++
	})
}

func (c *counts) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	statuses := make([]int, 0, len(c.answers))
	for status := range c.answers {
		statuses = append(statuses, status)
	}
	sort.Ints(statuses)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintln(w, "# TYPE http_requests_total counter")
	for _, status := range statuses {
		fmt.Fprintf(w, "http_requests_total{status=\"%d\"} %d\n", status, c.answers[status])
	}
}

type statusNote struct {
	http.ResponseWriter
	status int
}

func (s *statusNote) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}
