package app

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
)

// siteFiles are what `docs serve` shows of the target folder, and nothing else.
var siteFiles = []string{artifact.PageFile, artifact.StaticPageFile, artifact.ManifestFile, artifact.CatalogFile, artifact.RunResultsFile, artifact.SourcesFile}

// Site is what `docs generate` wrote, for browsers. host is the address that it
// is served at.
func (a *App) Site(host string) (http.Handler, error) {
	dir, err := a.Target()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{artifact.PageFile, artifact.ManifestFile, artifact.CatalogFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return nil, diag.New("no-docs", diag.Place{}, "there is no %s in %s", name, dir).WithHint("make it: tarn docs generate").WithCause(err)
		}
	}
	return site(dir, host), nil
}

// site serves the files of a folder. Where it is there for this machine alone,
// pages of other names may not read it.
func site(dir, host string) http.Handler {
	mux := http.NewServeMux()
	for _, name := range siteFiles {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			file, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // one of siteFiles
			if err != nil {
				http.NotFound(w, r)
				return
			}
			kind := "application/json"
			if strings.HasSuffix(name, ".html") {
				kind = "text/html; charset=utf-8"
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(file) // a browser that has gone is no matter
		})
	}
	mux.Handle("GET /{$}", http.RedirectHandler("/"+artifact.PageFile, http.StatusFound))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if ownMachine(host) && !ownMachine(hostOf(r.Host)) {
			http.Error(w, "this address is not served", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

// ownMachine reports whether a name means this machine alone.
func ownMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
