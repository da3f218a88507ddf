package locate

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// statusError is an answer that is not the file.
type statusError struct {
	code  int
	text  string
	after time.Duration
}

func newStatusError(resp *http.Response) *statusError {
	return &statusError{code: resp.StatusCode, text: resp.Status, after: retryAfter(resp.Header)}
}

// Error is the server's status line.
func (e *statusError) Error() string { return "the server answers " + e.text }

// passing reports whether the same request may succeed later.
func (e *statusError) passing() bool {
	switch e.code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusRequestedRangeNotSatisfiable:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return e.code >= 500 || e.code == http.StatusPartialContent
}

// shortError is a body that ended before the length that was announced.
type shortError struct{ said, sent int64 }

// Error says by how much.
func (e *shortError) Error() string {
	return fmt.Sprintf("the server announced %d bytes and sent %d", e.said, e.sent)
}

// explain makes a problem of why a download failed for good.
func (d *download) explain(err error, tries int) error {
	var problem *diag.Problem
	if errors.As(err, &problem) {
		return problem
	}
	err = d.target.ScrubError(cause(err))
	place := diag.Place{File: d.name}
	times := ""
	if tries > 0 {
		times = fmt.Sprintf(", %d times", tries+1)
	}
	var status *statusError
	var short *shortError
	switch {
	case errors.As(err, &status) && (status.code == http.StatusNotFound || status.code == http.StatusGone):
		return diag.New("no-files", place, "%v", err).WithHint("check the URL in path:").WithCause(err)
	case errors.As(err, &status) && (status.code == http.StatusUnauthorized || status.code == http.StatusForbidden):
		return diag.New("no-permission", place, "%v", err).
			WithHint("authorization: Bearer ${env:TOKEN} sends a token, https://${env:USER}:${env:PASSWORD}@… a password").WithCause(err)
	case errors.As(err, &short):
		return diag.New("truncated", place, "%v%s", err, times).WithHint("nothing of it was loaded; tell who runs the server, or fetch the file by other means").WithCause(err)
	default:
		return diag.New("download-failed", place, "%v%s", err, times).WithHint("nothing of it was loaded; run again later, or raise retries: or timeout:").WithCause(err)
	}
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &header)
}

// pages are how a web page begins.
var pages = [][]byte{[]byte("<!doctype html"), []byte("<html"), []byte("<head"), []byte("<body"), []byte("<title"), []byte("<script")}

// checkPage refuses web pages: a login form or an error that comes as success.
// Some servers call every text a page, so that what it is is looked at too.
func (d *download) checkPage(contentType string) error {
	head := make([]byte, 512)
	n, err := d.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n"))
	is := strings.Contains(strings.ToLower(contentType), "html") && bytes.HasPrefix(head, []byte("<")) && !bytes.HasPrefix(head, []byte("<?xml"))
	for _, page := range pages {
		is = is || bytes.HasPrefix(head, page)
	}
	if !is {
		return nil
	}
	return diag.New("page-not-data", diag.Place{File: d.name}, "the server sent a web page (%s) where data was expected", contentType).
		WithHint("open the URL in a browser: it may want a login (authorization: Bearer ${env:TOKEN}), or lead to a page about the file instead of the file")
}
