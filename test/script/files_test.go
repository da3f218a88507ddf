package script

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// pack makes an archive: pack ARCHIVE.zip|.tar FROM=MEMBER ….
func pack(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	var add func(name string, size int64) (io.Writer, error)
	var end io.Closer
	if strings.HasSuffix(args[0], ".zip") {
		w := zip.NewWriter(f)
		add, end = func(name string, _ int64) (io.Writer, error) { return w.Create(name) }, w
	} else {
		w := tar.NewWriter(f)
		add = func(name string, size int64) (io.Writer, error) {
			return w, w.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644})
		}
		end = w
	}
	for _, arg := range args[1:] {
		from, name, _ := strings.Cut(arg, "=")
		content := ts.ReadFile(from)
		w, err := add(name, int64(len(content)))
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		ts.Check(err)
	}
	ts.Check(errors.Join(end.Close(), f.Close()))
}

// serve starts a web server over a folder, and sets URL to where it is. Below
// /broken/ it announces more than it sends; /login is a page, and /elsewhere/
// leads to the files of this machine.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	mux.HandleFunc("/broken/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "id\n1\n")
	})
	mux.HandleFunc("/login/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Log in</title>")
	})
	mux.Handle("/elsewhere/", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("URL", server.URL)
}
