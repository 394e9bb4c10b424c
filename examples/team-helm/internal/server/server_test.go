package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestProbesAndMetrics(t *testing.T) {
	server := httptest.NewServer(New(http.NotFoundHandler()))
	defer server.Close()
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, _ := get(t, server.URL+path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
	}
	get(t, server.URL+"/api/nothing")
	if _, metrics := get(t, server.URL+"/metrics"); metrics != "# TYPE http_requests_total counter\nhttp_requests_total{status=\"404\"} 1\n" {
		t.Errorf("metrics are %s", metrics)
	}
}

func TestCheck(t *testing.T) {
	server := httptest.NewServer(New(http.NotFoundHandler()))
	defer server.Close()
	if err := check(server.URL + "/healthz"); err != nil {
		t.Error(err)
	}
	if err := check(server.URL + "/api/nothing"); err == nil {
		t.Error("an answer 404 passes the check")
	}
}
