package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, path, nil))
	return answer
}

func TestAnswers(t *testing.T) {
	handler := newHandler()
	for path, text := range map[string]string{"/api/": "app unknown\n", "/healthz": "ok\n", "/readyz": "ok\n"} {
		if answer := ask(handler, http.MethodGet, path); answer.Code != http.StatusOK || answer.Body.String() != text {
			t.Errorf("%s answers %d: %s", path, answer.Code, answer.Body)
		}
	}
	if answer := ask(handler, http.MethodPost, "/api/"); answer.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", answer.Code)
	}
	metrics := ask(handler, http.MethodGet, "/metrics").Body.String()
	for _, line := range []string{`http_requests_total{status="200"} 1`, `http_requests_total{status="405"} 1`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("metrics lack %s:\n%s", line, metrics)
		}
	}
}
