package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFront(t *testing.T) {
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("from behind"))
	}))
	answer := httptest.NewRecorder()
	front(back.URL).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/", nil))
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "from behind") {
		t.Errorf("front answers %d: %s", answer.Code, answer.Body)
	}

	back.Close()
	without := httptest.NewRecorder()
	front(back.URL).ServeHTTP(without, httptest.NewRequest(http.MethodGet, "/api/", nil))
	if without.Code != http.StatusBadGateway {
		t.Errorf("front without back answers %d", without.Code)
	}
}
