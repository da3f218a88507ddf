package icebergrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
)

// largestBody is how much one request may send. Metadata of a commit is small;
// a transaction over thousands of tables fits.
const largestBody = 32 << 20

// longestName bounds namespaces and names, as the catalog's columns do.
const longestName = 255

// call is one request.
type call struct {
	request *http.Request
	// asks is who sent the request, and policies are those of its moment.
	asks     policy.Who
	policies policy.Tables
	decided  decided
	body     []byte
	// clear refuses a body that could be read in two ways; it looks once.
	clear func() error
	// key is the client's Idempotency-Key, "" for none.
	key    string
	digest string
	server *Server
}

// handler answers requests to one endpoint.
func (s *Server) handler(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		status := s.serve(w, r, e)
		s.Observe(e.name, status, time.Since(begun))
	})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, e endpoint) int {
	who, err := s.enter(r, e)
	if err != nil {
		return s.fail(w, r, err)
	}
	c := &call{request: r, asks: policy.WhoOf(who), policies: s.Policies(), server: s}
	c.clear = sync.OnceValue(func() error { return unambiguous(c.body) })
	entry, err := s.record(c, e)
	if err != nil {
		return s.fail(w, r, err)
	}
	var status int
	defer func() { c.ended(entry, status, err) }()
	a, err := s.answer(w, c, e)
	if err != nil {
		status = s.fail(w, r, err)
	} else {
		status = s.send(w, r, a)
	}
	return status
}

// answer reads the request and does what it asks, if who asks may.
func (s *Server) answer(w http.ResponseWriter, c *call, e endpoint) (_ answer, err error) {
	if c.body, err = io.ReadAll(http.MaxBytesReader(w, c.request.Body, largestBody)); err != nil {
		return answer{}, unreadable(err)
	}
	ctx := c.request.Context()
	for {
		before, err := s.tags(ctx)
		if err != nil {
			return answer{}, err
		}
		c.decided = decided{}
		a, err := s.permitted(ctx, c, e)
		if !c.reads() {
			return a, err
		}
		// What was published meanwhile may have been read, and is to be decided by
		// the tags with which it was.
		if after, lookErr := s.tags(ctx); lookErr != nil || after == before {
			return a, firstOf(lookErr, err)
		}
	}
}

// tags are those that every table has which was published until now.
func (s *Server) tags(ctx context.Context) (*lake.Tags, error) {
	_, err := s.Lake.Pin(ctx)
	return s.Lake.Tags(), err
}

func (s *Server) permitted(ctx context.Context, c *call, e endpoint) (answer, error) {
	if err := e.may(ctx, c); err != nil {
		return answer{}, err
	}
	return s.once(ctx, c, e)
}

// reads reports whether the request changes nothing.
func (c *call) reads() bool {
	return c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &problem{http.StatusRequestEntityTooLarge, "BadRequestException",
			fmt.Sprintf("The request is larger than %d bytes", large.Limit)}
	}
	return bad("The request cannot be read: %v", err)
}

// decode reads the request's body, which must be one JSON object.
func (c *call) decode(into any) error {
	if err := json.Unmarshal(c.body, into); err != nil {
		return bad("The request is not what this endpoint takes: %v", err)
	}
	if !strings.HasPrefix(strings.TrimSpace(string(c.body)), "{") {
		return bad("The request is no JSON object")
	}
	return c.clear()
}

// separator comes between the levels of a namespace in paths and parameters.
const separator = "\x1f"

// namespace is the one that the path names.
func (c *call) namespace() (string, error) {
	return joinLevels(strings.Split(c.request.PathValue("namespace"), separator))
}

// name is the table or view that the path names.
func (c *call) name() (ident.Table, error) {
	levels := strings.Split(c.request.PathValue("namespace"), separator)
	name := c.request.PathValue("table")
	if name == "" {
		name = c.request.PathValue("view")
	}
	return identifier{levels, name}.table()
}

// joinLevels makes a namespace of the lake's.
func joinLevels(levels []string) (string, error) {
	for _, l := range levels {
		if l == "" || strings.ContainsAny(l, ".\x00"+separator) || !utf8.ValidString(l) {
			return "", bad("%q cannot be a level of a namespace: levels are not empty and have no dots", l)
		}
	}
	joined := strings.Join(levels, ".")
	if joined == "" || len(joined) > longestName {
		return "", bad("Namespaces have 1 to %d bytes", longestName)
	}
	return joined, nil
}

func splitLevels(namespace string) []string { return strings.Split(namespace, ".") }

// identifier names a table or view as the protocol does.
type identifier struct {
	Namespace []string `json:"namespace"`
	Name      string   `json:"name"`
}

func (i identifier) table() (ident.Table, error) {
	namespace, err := joinLevels(i.Namespace)
	if err != nil {
		return ident.Table{}, err
	}
	if i.Name == "" || len(i.Name) > longestName || strings.ContainsAny(i.Name, ".\x00"+separator) || !utf8.ValidString(i.Name) {
		return ident.Table{}, bad("%q cannot be a name: names have 1 to %d bytes and no dots", i.Name, longestName)
	}
	return ident.Table{Namespace: namespace, Name: i.Name}, nil
}

func identify(t ident.Table) identifier { return identifier{splitLevels(t.Namespace), t.Name} }

// page is which part of a list is asked for; limit 0 is all of it.
func (c *call) page() (after string, limit int, err error) {
	q := c.request.URL.Query()
	if size := q.Get("pageSize"); size != "" {
		if limit, err = strconv.Atoi(size); err != nil || limit < 1 {
			return "", 0, bad("pageSize=%s is not a number of entries", size)
		}
	}
	return q.Get("pageToken"), limit, nil
}

// nextPage is the token of the page after one that ends with last, null where
// there is none.
func nextPage(n, limit int, last func() string) *string {
	if limit == 0 || n < limit {
		return nil
	}
	token := last()
	return &token
}

// kept is what a change needs so that its answer is kept with it; nil is
// nothing.
func (c *call) kept(ctx context.Context, a func() answer) func(metadb.Tx) error {
	if c.key == "" {
		return nil
	}
	return func(tx metadb.Tx) error { return c.keep(ctx, tx, a()) }
}
