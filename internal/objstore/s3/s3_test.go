package s3

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const text = "0123456789abcdefghij"

// serve points AWS's settings at a server that misbehaves; what a real one does
// is tested in test/engines/s3.
func serve(t *testing.T, handler http.HandlerFunc) *Store {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "anna", "AWS_SECRET_ACCESS_KEY": "s3cret-key", "AWS_REGION": "us-east-1",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
	} {
		t.Setenv(key, value)
	}
	s, err := New(t.Context(), "s3://b/p")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// breaking serves text, and ends each answer after so many bytes.
func breaking(after int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		var from, to int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil {
			w.Header().Set("Content-Length", fmt.Sprint(len(text)))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(to+1-from))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, len(text)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, text[from:min(to+1, from+after)])
		w.(http.Flusher).Flush()
		if from+after <= to {
			panic(http.ErrAbortHandler)
		}
	}
}

func TestReadingGoesOnWhereAConnectionBreaks(t *testing.T) {
	s := serve(t, breaking(6))
	f, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); string(got) != text || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestAnObjectThatNeverComesIsAnErrorAndNoEnd(t *testing.T) {
	s := serve(t, breaking(0))
	f, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if len(got) > 0 || err == nil || errors.Is(err, io.EOF) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read %q, %v", got, err)
	}
	if n, err := f.ReadAt(make([]byte, 4), 0); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("read at 0: %d, %v", n, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestAPutWhoseAnswerIsLostIsNoOneElses(t *testing.T) {
	var id string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodHead && id == "":
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodHead:
			w.Header().Set("x-amz-meta-"+author, id)
		case r.Method == http.MethodPut && id == "":
			if r.Header.Get("If-None-Match") != "*" {
				t.Error("the put has no condition")
			}
			_, _ = io.Copy(io.Discard, r.Body)
			id = r.Header.Get("x-amz-meta-" + author)
			panic(http.ErrAbortHandler) // it is there, and nobody says so
		default:
			w.WriteHeader(http.StatusPreconditionFailed)
		}
	})
	if err := objstore.WriteAll(t.Context(), s, "a", []byte(text)); err != nil {
		t.Error(err)
	}
}

func TestURIsThatNameNoBucketAreRefused(t *testing.T) {
	for _, uri := range []string{"", "s3://", "s3:///x", "file:///x", "s3://b/../x", "s3://b//x"} {
		if _, err := New(t.Context(), uri); err == nil {
			t.Errorf("%q is a store", uri)
		}
	}
}

func TestSecretsAreNotInErrors(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	_, err := s.Stat(t.Context(), "a")
	if err == nil || strings.Contains(err.Error(), "s3cret-key") {
		t.Error(err)
	}
}
