package locate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	firstPause   = 500 * time.Millisecond
	longestPause = 60 * time.Second
	mostHops     = 10
)

// download fetches one URL into a temporary file: again from where it broke off
// where the server can do that, else from the start.
type download struct {
	s      *search
	name   string
	target secret.Text
	client *http.Client
	// wait is how long a server may be silent.
	wait time.Duration
	most int64

	file *os.File
	have int64
	sum  hash.Hash
	// validator tells that what is asked for is still the same file.
	validator string
}

// answer is what a server says of a file; content is nil where the file is what
// it was.
type answer struct {
	content  *copied
	version  string
	modified time.Time
}

func (s *search) newDownload(name string, target secret.Text) *download {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.DisableCompression = true                          // bytes as stored, of the length that is said
	client := &http.Client{Transport: transport, CheckRedirect: checkRedirect(name)}
	s.onClose(idle{client})
	return &download{
		s: s, name: name, target: target, client: client, wait: timeout(s.Settings), most: maxDownload(s.Settings), sum: sha256.New(),
	}
}

// idle closes the connections of a client.
type idle struct{ client *http.Client }

// Close closes them.
func (i idle) Close() error {
	i.client.CloseIdleConnections()
	return nil
}

// checkRedirect follows redirects to web servers only, and none from a secure
// to an open connection.
func checkRedirect(name string) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		place := diag.Place{File: name}
		from, to := via[len(via)-1].URL.Scheme, next.URL.Scheme
		switch {
		case to != "http" && to != "https":
			return diag.New("bad-redirect", place, "the server redirects to a URL that begins with %s:, which is not followed", to).
				WithHint("if you trust it, name that file in path:")
		case from == "https" && to == "http":
			return diag.New("bad-redirect", place, "the server redirects from a secure to an open connection, to http://%s, which is not followed", next.URL.Host).
				WithHint("if you trust it, name that URL in path:")
		case len(via) >= mostHops:
			return diag.New("bad-redirect", place, "the server redirects more than %d times", mostHops).WithHint("name where it leads in path:")
		}
		return nil
	}
}

// fetch asks for the file unless it has the version, and tries again where that
// may help.
func (d *download) fetch(ctx context.Context, version string) (*answer, error) {
	if d.file == nil {
		var err error
		if d.file, err = d.s.scratchFile(); err != nil {
			return nil, err
		}
	}
	for try := 0; ; try++ {
		a, err := d.attempt(ctx, version)
		if err == nil {
			return a, nil
		}
		pause, again := pauseBefore(try, err)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !again || try >= retries(d.s.Settings) {
			return nil, d.explain(err, try)
		}
		if err := d.s.pause(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// pauseBefore is how long to wait before the next attempt, if there is one.
func pauseBefore(try int, err error) (time.Duration, bool) {
	var status *statusError
	if errors.As(err, &status) {
		if !status.passing() {
			return 0, false
		}
		if status.after > 0 {
			return min(status.after, longestPause), true
		}
	}
	var problem *diag.Problem
	var dns *net.DNSError
	if errors.As(err, &problem) || isTLS(err) || errors.As(err, &dns) && dns.IsNotFound {
		return 0, false
	}
	pause := min(firstPause<<min(try, 10), longestPause)
	return pause - time.Duration(rand.Int64N(int64(pause)/4)), true
}

// attempt asks once. A server that is silent for too long is given up.
func (d *download) attempt(ctx context.Context, version string) (*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(d.wait, func() { cancel(errSilent) })
	defer silence.Stop()
	req, err := d.request(ctx, version)
	if err != nil {
		return nil, err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, ofSilence(ctx, err)
	}
	a, err := d.receive(ctx, resp, func() { silence.Reset(d.wait) }, version)
	return a, errors.Join(ofSilence(ctx, err), resp.Body.Close())
}

var errSilent = errors.New("the server was silent for too long")

// ofSilence is why a request ended, where we ended it.
func ofSilence(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

func (d *download) request(ctx context.Context, version string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.target.Reveal(), http.NoBody)
	if err != nil {
		return nil, d.target.ScrubError(err)
	}
	req.Header.Set("User-Agent", "tarn")
	if authorization, ok := d.s.Settings.Secret(authorizationOption); ok {
		req.Header.Set("Authorization", authorization.Reveal())
	}
	if d.have > 0 && d.validator != "" {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		req.Header.Set("If-Range", d.validator)
	} else {
		conditional(req.Header, version)
	}
	return req, nil
}

// receive takes what the server answers.
func (d *download) receive(ctx context.Context, resp *http.Response, alive func(), version string) (*answer, error) {
	a := &answer{}
	a.version, a.modified = versionOf(resp.Header)
	switch {
	case resp.StatusCode == http.StatusNotModified && version != "":
		a.version = version
		return a, nil
	case resp.StatusCode == http.StatusOK && version != "" && a.version == version:
		return a, nil // a server that does not know conditions
	case resp.StatusCode == http.StatusPartialContent && d.continues(resp.Header.Get("Content-Range")):
	case resp.StatusCode == http.StatusOK:
		if err := d.restart(); err != nil {
			return nil, err
		}
	default:
		return nil, errors.Join(newStatusError(resp), d.restart())
	}
	if resp.ContentLength >= 0 && d.most >= 0 && d.have+resp.ContentLength > d.most {
		return nil, tooLarge(d.name, d.most)
	}
	d.validator = strongValidator(resp.Header)
	said := resp.ContentLength
	if err := d.copy(contextReader{ctx, resp.Body, func(n int) {
		alive()
		if d.s.Fetched != nil {
			d.s.Fetched(n)
		}
	}}, said); err != nil {
		return nil, err
	}
	if err := d.checkPage(resp.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	a.content = &copied{file: d.file, size: d.have, sha256: hex.EncodeToString(d.sum.Sum(nil))}
	return a, nil
}

// copy appends to the temporary file. A body that ends early is an error.
func (d *download) copy(body io.Reader, said int64) error {
	source := body
	if d.most >= 0 {
		source = io.LimitReader(body, d.most-d.have+1)
	}
	n, err := io.Copy(io.MultiWriter(d.file, d.sum), source)
	d.have += n
	switch {
	case d.most >= 0 && d.have > d.most:
		return tooLarge(d.name, d.most)
	case errors.Is(err, io.ErrUnexpectedEOF) && said >= 0:
		return &shortError{said: said, sent: n}
	}
	return err
}

// restart forgets what arrived.
func (d *download) restart() error {
	d.have, d.validator = 0, ""
	d.sum.Reset()
	_, err := d.file.Seek(0, io.SeekStart)
	return errors.Join(err, d.file.Truncate(0))
}

// continues reports whether a range is what is missing.
func (d *download) continues(contentRange string) bool {
	var from, to, size int64
	n, err := fmt.Sscanf(contentRange, "bytes %d-%d/%d", &from, &to, &size)
	return err == nil && n == 3 && from == d.have && to == size-1
}

// strongValidator is an ETag that promises the same bytes; only then can a
// download go on from where it broke off.
func strongValidator(h http.Header) string {
	if tag := h.Get("ETag"); len(tag) > 1 && tag[0] == '"' {
		return tag
	}
	return ""
}

// pause waits.
func (f *Finder) pause(ctx context.Context, d time.Duration) error {
	if f.wait != nil {
		return f.wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// retryAfter reads the header, in seconds or as a time.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// cause is err without the URL, which may hold secrets.
func cause(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}
