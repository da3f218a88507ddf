package locate

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

// authorizationOption is the header of that name; see [Options].
const authorizationOption = "authorization"

// url finds the file behind a URL. It is fetched here and now, unless the
// server says that it is what it was.
func (s *search) url(ctx context.Context, raw string) ([]File, error) {
	text, err := s.resolve(ctx, raw)
	if err != nil {
		return nil, diag.New("no-secret", s.Place, "path: %v", err).WithHint("set what it names, or correct the reference")
	}
	u, err := url.Parse(text.Reveal())
	if err != nil || u.Host == "" {
		return nil, diag.New("bad-url", s.Place, "%s is no URL", nameOfURL(raw)).WithHint("write path: https://host/folder/file.csv")
	}
	if strings.ContainsAny(u.Path, "*[") {
		return nil, diag.New("bad-pattern", s.Place, "%s: a web server lists no files, so that wildcards find nothing there", nameOfURL(raw)).
			WithHint("list the URLs, path: [https://…, https://…]")
	}
	if _, given := u.User.Password(); given && len(secret.References(raw)) == 0 {
		return nil, diag.New("secret-in-project", s.Place, "the path holds a password that everybody sees who reads the project").
			WithHint("write ${env:NAME} or ${file:PATH} in its place")
	}
	d := s.newDownload(nameOfURL(raw), text)
	answer, err := d.fetch(ctx, s.Known[d.name].Version)
	if err != nil {
		return nil, err
	}
	file := File{Name: d.name, Size: s.Known[d.name].Size, Modified: answer.modified, Version: answer.version, identity: answer.version}
	if answer.content != nil {
		return []File{answer.content.asFile(file)}, nil
	}
	later := &postponed{d: d, version: answer.version}
	file.Open, file.At = later.open, later.at
	return []File{file}, nil
}

// resolve puts secrets in the place of references to them.
func (s *search) resolve(ctx context.Context, raw string) (secret.Text, error) {
	resolver := s.Secrets
	if resolver == nil {
		resolver = secret.NewResolver(nil)
	}
	return resolver.Resolve(ctx, raw)
}

// nameOfURL is what rows and the ledger call the file: the URL as the project
// has it, with references to secrets, but without user, fragment and signature.
func nameOfURL(raw string) string {
	for _, reference := range secret.References(raw) {
		raw = strings.ReplaceAll(raw, reference, strings.ReplaceAll(reference, "/", "\x00")) // no path begins there
	}
	scheme, rest, _ := strings.Cut(raw, "://")
	rest, _, _ = strings.Cut(rest, "#")
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	path, query, _ := strings.Cut(path, "?")
	if query = unsigned(query); query != "" {
		path += "?" + query
	}
	return strings.ReplaceAll(scheme+"://"+host+path, "\x00", "/")
}

// Ending is the part of a path that tells the format: of a URL, what comes
// before its query.
func Ending(path string) string {
	outer, member, in := strings.Cut(path, memberMark)
	if in {
		return member
	}
	if strings.Contains(outer, "://") {
		outer, _, _ = strings.Cut(outer, "?")
	}
	return outer
}

// signature is a parameter that signs a URL, signed what goes with it: they
// change with each signing, and are no part of what the file is.
var (
	signature = regexp.MustCompile(`(?i)(^|&)(x-amz-signature|x-goog-signature|signature|sig)=`)
	signed    = regexp.MustCompile(`(?i)^(x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|signature|expires|sig|se|st|sp|sv|sr|spr|skoid|sktid|skt|ske|sks|skv)$`)
)

func unsigned(query string) string {
	if !signature.MatchString(query) {
		return query
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		return signed.MatchString(key)
	})
	return strings.Join(kept, "&")
}

// postponed is a file that was what it was and is needed all the same.
type postponed struct {
	d       *download
	version string

	mu      sync.Mutex
	content *copied
}

func (p *postponed) get(ctx context.Context) (*copied, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.content != nil {
		return p.content, nil
	}
	answer, err := p.d.fetch(ctx, "")
	if err != nil {
		return nil, err
	}
	if answer.version != p.version {
		return nil, changedWhileRead(p.d.name)
	}
	p.content = answer.content
	return p.content, nil
}

func (p *postponed) open(ctx context.Context) (io.ReadCloser, error) {
	c, err := p.get(ctx)
	if err != nil {
		return nil, err
	}
	return c.open(), nil
}

func (p *postponed) at(ctx context.Context) (connector.ReaderAtCloser, error) { return p.get(ctx) }

// versionOf is what tells that a URL gives what it gave: its ETag, or when it
// was modified where that is not too near to tell; "" where the server says
// neither.
func versionOf(h http.Header) (version string, modified time.Time) {
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		modified = time.Time{}
	}
	if tag := h.Get("ETag"); tag != "" {
		return "etag " + tag, modified
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	if modified.IsZero() || now.Sub(modified) < settled {
		return "", modified
	}
	return "modified " + h.Get("Last-Modified"), modified
}

// conditional asks for a file only if it is not what it was.
func conditional(h http.Header, version string) {
	kind, value, _ := strings.Cut(version, " ")
	switch kind {
	case "etag":
		h.Set("If-None-Match", value)
	case "modified":
		h.Set("If-Modified-Since", value)
	}
}
