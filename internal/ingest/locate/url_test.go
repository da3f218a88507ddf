package locate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rows = "id,name\n1,ada\n2,bob\n"

// web is a server whose requests are written down, and a finder that does not
// wait.
type web struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
	pauses   int
	finder   *Finder
}

func newWeb(t *testing.T, handler func(w http.ResponseWriter, r *http.Request, n int)) *web {
	t.Helper()
	s := &web{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Header.Get("Range")+r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
		n := len(s.requests)
		s.mu.Unlock()
		handler(w, r, n)
	}))
	t.Cleanup(s.Close)
	s.finder = &Finder{Dir: t.TempDir(), Scratch: t.TempDir(), wait: func(ctx context.Context, _ time.Duration) error {
		s.pauses++
		return ctx.Err()
	}}
	return s
}

// seen are the requests so far.
func (s *web) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// get tells what the URL gives, its address written as WEB.
func (s *web) get(t *testing.T, path string, settings connector.Settings) string {
	t.Helper()
	got := contents(t, s.finder, Query{Paths: []string{s.URL + path}, Settings: settings})
	if left, err := os.ReadDir(s.finder.Scratch); err != nil || len(left) > 0 {
		t.Errorf("left in scratch: %v %v", left, err)
	}
	return strings.ReplaceAll(got, s.URL, "WEB")
}

// breakOff ends a response in the middle of what was announced.
func breakOff(w http.ResponseWriter, said int, body string) {
	w.Header().Set("Content-Length", fmt.Sprint(said))
	_, _ = w.Write([]byte(body))
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestServersThatMisbehave(t *testing.T) {
	send := func(body string) func(http.ResponseWriter, *http.Request, int) {
		return func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(body)) }
	}
	for _, c := range []struct {
		name    string
		handler func(w http.ResponseWriter, r *http.Request, n int)
		want    string
		tries   int
	}{
		{"one that does well", send(rows), "WEB/x.csv=" + rows + "\n", 1},
		{"an empty file", send(""), "WEB/x.csv=\n", 1},
		{"a length that is never reached", func(w http.ResponseWriter, _ *http.Request, _ int) { breakOff(w, 100, rows) }, "!WEB/x.csv truncated", 3},
		{"dropped once", func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 1 {
				breakOff(w, len(rows), rows[:7])
			}
			_, _ = w.Write([]byte(rows))
		}, "WEB/x.csv=" + rows + "\n", 2},
		{"dropped within chunks", func(w http.ResponseWriter, _ *http.Request, _ int) {
			_, _ = w.Write([]byte(rows))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "!WEB/x.csv download-failed", 3},
		{"dropped before the answer", func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) }, "!WEB/x.csv download-failed", 3},
		{"500 twice", func(w http.ResponseWriter, _ *http.Request, n int) {
			if n < 3 {
				http.Error(w, "later", http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(rows))
		}, "WEB/x.csv=" + rows + "\n", 3},
		{"503 for ever", func(w http.ResponseWriter, _ *http.Request, _ int) {
			http.Error(w, "no", http.StatusServiceUnavailable)
		}, "!WEB/x.csv download-failed", 3},
		{"429 once", func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 1 {
				w.Header().Set("Retry-After", "3")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = w.Write([]byte(rows))
		}, "WEB/x.csv=" + rows + "\n", 2},
		{"404", func(w http.ResponseWriter, _ *http.Request, _ int) { http.Error(w, "no", http.StatusNotFound) }, "!WEB/x.csv no-files", 1},
		{"403", func(w http.ResponseWriter, _ *http.Request, _ int) { http.Error(w, "no", http.StatusForbidden) }, "!WEB/x.csv no-permission", 1},
		{"a redirect to a file", func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "!WEB/x.csv bad-redirect", 1},
		{"a redirect to another scheme", func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, "gopher://x/y", http.StatusFound)
		}, "!WEB/x.csv bad-redirect", 1},
		{"redirects in circles", func(w http.ResponseWriter, r *http.Request, _ int) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "!WEB/x.csv bad-redirect", 10},
		{"a redirect to the file", func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				http.Redirect(w, r, "/y.csv", http.StatusFound)
				return
			}
			_, _ = w.Write([]byte(rows))
		}, "WEB/x.csv=" + rows + "\n", 2},
		{"a page", send("\n <!DOCTYPE html><p>please log in"), "!WEB/x.csv page-not-data", 1},
		{"a page by its type", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<center>404"))
		}, "!WEB/x.csv page-not-data", 1},
		{"data that is called a page", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(rows))
		}, "WEB/x.csv=" + rows + "\n", 1},
		{"more than is wanted, announced", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write(make([]byte, 5000))
		}, "!WEB/x.csv too-large", 1},
		{"more than is wanted, for ever", func(w http.ResponseWriter, r *http.Request, _ int) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
		}, "!WEB/x.csv too-large", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newWeb(t, c.handler)
			if diff := cmp.Diff(c.want, s.get(t, "/x.csv", connector.Settings{"retries": int64(2), "max_download": int64(4000)})); diff != "" {
				t.Error(diff)
			}
			if n := len(s.seen()); n != c.tries {
				t.Errorf("%d requests, want %d", n, c.tries)
			}
		})
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	silent := make(chan struct{})
	s := newWeb(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		_, _ = w.Write([]byte("id"))
		w.(http.Flusher).Flush()
		select {
		case <-silent:
		case <-r.Context().Done():
		}
	})
	defer close(silent)
	if got := s.get(t, "/x.csv", connector.Settings{"retries": int64(0), "timeout": int64(1)}); got != "!WEB/x.csv download-failed" {
		t.Error(got)
	}
}

func TestADownloadGoesOnFromWhereItBrokeOff(t *testing.T) {
	s := newWeb(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("ETag", `"v1"`)
		if n < 3 {
			from := 0
			if n == 2 {
				from = 5
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 5-%d/%d", len(rows)-1, len(rows)))
				w.WriteHeader(http.StatusPartialContent)
			}
			breakOff(w, len(rows)-from, rows[from:from+5])
		}
		http.ServeContent(w, r, "x.csv", time.Time{}, strings.NewReader(rows))
	})
	if got := s.get(t, "/x.csv", nil); got != "WEB/x.csv="+rows+"\n" {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"", "bytes=5-", "bytes=10-"}, s.seen()); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatChangesBetweenAttemptsIsReadFromTheStart(t *testing.T) {
	s := newWeb(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, n))
		if n == 1 {
			breakOff(w, 100, "old,")
		}
		http.ServeContent(w, r, "x.csv", time.Time{}, strings.NewReader(rows))
	})
	if got := s.get(t, "/x.csv", nil); got != "WEB/x.csv="+rows+"\n" {
		t.Error(got)
	}
}

func TestAnUnchangedURLIsNotReadAgain(t *testing.T) {
	hourAgo := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name   string
		header func(h http.Header)
		// knows: the server answers 304 by itself.
		knows, again bool
	}{
		{"by ETag", func(h http.Header) { h.Set("ETag", `"v1"`) }, true, false},
		{"by a weak ETag", func(h http.Header) { h.Set("ETag", `W/"v1"`) }, true, false},
		{"by time", func(h http.Header) { h.Set("Last-Modified", hourAgo.UTC().Format(http.TimeFormat)) }, true, false},
		{"of a server that knows no conditions", func(h http.Header) { h.Set("ETag", `"v1"`) }, false, false},
		{"but by a time that is too near", func(h http.Header) { h.Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat)) }, false, true},
		{"but where nothing tells", func(http.Header) {}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newWeb(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				c.header(w.Header())
				if c.knows {
					http.ServeContent(w, r, "x.csv", time.Time{}, strings.NewReader(rows))
					return
				}
				_, _ = w.Write([]byte(rows))
			})
			q := Query{Paths: []string{s.URL + "/x.csv"}, Known: map[string]Known{}}
			found, err := s.finder.Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			first := found.Files[0]
			q.Known[first.Name] = Known{Size: first.Size, Version: first.Version}
			if err := found.Close(); err != nil {
				t.Fatal(err)
			}
			fetched := 0
			q.Fetched = func(n int) { fetched += n }
			if found, err = s.finder.Find(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			if again := fetched > 0; again != c.again || found.Files[0].Size != int64(len(rows)) {
				t.Errorf("fetched %d bytes, %+v", fetched, found.Files[0])
			}
			if text, err := content(t, found.Files[0]); err != nil || text != rows {
				t.Errorf("when it is needed all the same: %q, %v", text, err)
			}
			if err := found.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

type env map[string]string

func (e env) Lookup(_ context.Context, name string) (string, error) {
	if v, ok := e[name]; ok {
		return v, nil
	}
	return "", errors.New("it is not set")
}

func TestSecretsInURLsAreSentAndNeverShown(t *testing.T) {
	s := newWeb(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		user, password, _ := r.BasicAuth()
		if user+password+r.URL.Query().Get("key") != "annatop-secretk3y-9" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(rows))
	})
	stores := env{"PASSWORD": "top-secret", "KEY": "k3y-9", "WRONG": "not-this-one"}
	s.finder.Secrets = secret.NewResolver(map[string]secret.Store{"env": stores})
	host := strings.TrimPrefix(s.URL, "http://")
	path := "http://anna:${env:PASSWORD}@" + host + "/x.csv?key=${env:KEY}"
	if got := contents(t, s.finder, Query{Paths: []string{path}}); got != "http://"+host+"/x.csv?key=${env:KEY}="+rows+"\n" {
		t.Error(got)
	}
	for _, wrong := range []string{strings.ReplaceAll(path, "PASSWORD", "WRONG"), strings.ReplaceAll(path, host, "127.0.0.1:1")} {
		_, err := s.finder.Find(t.Context(), Query{Paths: []string{wrong}, Settings: connector.Settings{"retries": int64(0)}})
		if err == nil || strings.Contains(err.Error(), "not-this-one") || strings.Contains(err.Error(), "k3y-9") || strings.Contains(err.Error(), "top-secret") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	_, err := s.finder.Find(t.Context(), Query{Paths: []string{"http://anna:literal@" + host + "/x.csv"}, Place: diag.Place{File: "p.yml", Line: 3}})
	if err == nil || !strings.Contains(err.Error(), "p.yml:3: secret-in-project") || strings.Contains(err.Error(), "literal") {
		t.Error(err)
	}
}

func TestTheTokenIsNotSentToWhereAnotherServerRedirects(t *testing.T) {
	var seen string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Authorization")
		_, _ = w.Write([]byte(rows))
	}))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	s := newWeb(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			t.Error("the token was not sent")
		}
		http.Redirect(w, r, elsewhere, http.StatusFound)
	})
	if got := s.get(t, "/x.csv", connector.Settings{"authorization": secret.New("Bearer t0ken")}); got != "WEB/x.csv="+rows+"\n" || seen != "" {
		t.Errorf("%s; the other server saw %q", got, seen)
	}
}

func TestNamesOfURLs(t *testing.T) {
	for raw, want := range map[string]string{
		"https://h/a.csv": "https://h/a.csv",
		"https://u:${file:/run/p}@h/a.csv?year=1#top": "https://h/a.csv?year=1",
		"https://h/a@b.csv":                           "https://h/a@b.csv",
		"https://b.s3.amazonaws.com/a.csv?X-Amz-Date=1&versionId=7&X-Amz-Signature=f": "https://b.s3.amazonaws.com/a.csv?versionId=7",
		"https://a.blob.core.windows.net/c/a.csv?sv=1&se=2&sp=r&sig=x":                "https://a.blob.core.windows.net/c/a.csv",
		"https://h/a.csv?expires=never":                                               "https://h/a.csv?expires=never",
	} {
		if got := nameOfURL(raw); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}

func TestPathsThatNothingReads(t *testing.T) {
	f := &Finder{Dir: t.TempDir()}
	for path, want := range map[string]string{
		"ftp://h/a.csv":    "!p.yml unknown-scheme",
		"http://h/*.csv":   "!p.yml bad-pattern",
		"http:///a.csv":    "!p.yml bad-url",
		"http://${nope}/a": "!p.yml no-secret",
		"a.zip!/[":         "!p.yml bad-pattern",
		"in/[a.csv":        "",
	} {
		if got := contents(t, f, Query{Paths: []string{path}, Place: diag.Place{File: "p.yml"}}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestAnArchiveBehindAURL(t *testing.T) {
	packed := zipOf(t, entry{"a.csv", rows, ""}, entry{"b.txt", "x", ""})
	s := newWeb(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write(packed) })
	if got := s.get(t, "/a.zip?v=1!/*.csv", nil); got != "WEB/a.zip?v=1!/a.csv="+rows+"\n" {
		t.Error(got)
	}
}
