package icebergrest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
)

func (s *Server) listOf(kind lake.EntryKind) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		after, limit, err := c.page()
		if err != nil {
			return answer{}, err
		}
		namespace, err := c.namespace()
		if err != nil {
			return answer{}, err
		}
		names, err := c.visible(ctx, namespace, kind, after, limit)
		if err != nil {
			return answer{}, err
		}
		list := make([]identifier, len(names))
		for i, n := range names {
			list[i] = identify(n)
		}
		return ok(map[string]any{"identifiers": list,
			"next-page-token": nextPage(len(names), limit, func() string { return names[len(names)-1].Name })}), nil
	}
}

// loadedAnswer shows a state; with the same tag a client need not ask again.
func loadedAnswer(t *lake.Table, refsOnly bool) answer {
	return answer{status: http.StatusOK, loaded: t, refsOnly: refsOnly, etag: etag(t.Location(), refsOnly)}
}

func etag(location string, refsOnly bool) string {
	sum := sha256.Sum256([]byte(location + strconv.FormatBool(refsOnly)))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// matches reports whether a client has that state already.
func (c *call) matches(tag string) bool {
	for _, known := range c.request.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(known, ",") {
			if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag {
				return true
			}
		}
	}
	return false
}

func (s *Server) loadTable(ctx context.Context, c *call) (answer, error) {
	name, err := c.name()
	if err != nil {
		return answer{}, err
	}
	refsOnly := false
	switch mode := c.request.URL.Query().Get("snapshots"); strings.ToLower(mode) {
	case "", "all":
	case "refs":
		refsOnly = true
	default:
		return answer{}, bad("snapshots=%s is neither all nor refs", mode)
	}
	e, err := s.Lake.Pointer(ctx, lake.TableEntry, name)
	if err != nil {
		return answer{}, err
	}
	if tag := etag(e.Location, refsOnly); c.matches(tag) {
		return answer{status: http.StatusNotModified, etag: tag}, nil
	}
	t, err := s.Lake.LoadAt(ctx, e.Name, e.Kind, e.Location)
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, refsOnly), nil
}

func (s *Server) exists(kind lake.EntryKind) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		name, err := c.name()
		if err == nil {
			_, err = s.Lake.Pointer(ctx, kind, name)
		}
		return done, err
	}
}

func (s *Server) createTable(ctx context.Context, c *call) (answer, error) {
	var request struct {
		Name       string            `json:"name"`
		Location   string            `json:"location"`
		Schema     json.RawMessage   `json:"schema"`
		Spec       json.RawMessage   `json:"partition-spec"`
		SortOrder  json.RawMessage   `json:"write-order"`
		Stage      bool              `json:"stage-create"`
		Properties map[string]string `json:"properties"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	name, err := c.named(request.Name)
	if err != nil {
		return answer{}, err
	}
	wanted := lake.NewTable{Name: name, Location: request.Location, Schema: request.Schema, Spec: request.Spec,
		SortOrder: request.SortOrder, Properties: request.Properties}
	if request.Stage {
		draft, err := s.Writer.Draft(ctx, wanted)
		if err != nil {
			return answer{}, err
		}
		return ok(map[string]any{"metadata": draft, "config": map[string]string{}}), nil
	}
	t, err := s.Writer.Create(ctx, wanted, c.keptState(ctx))
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, false), nil
}

func (s *Server) registerTable(ctx context.Context, c *call) (answer, error) {
	var request struct {
		Name      string `json:"name"`
		Location  string `json:"metadata-location"`
		Overwrite bool   `json:"overwrite"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	name, err := c.named(request.Name)
	if err != nil {
		return answer{}, err
	}
	t, err := s.Writer.Register(ctx, name, request.Location, request.Overwrite, c.keptState(ctx))
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, false), nil
}

func (s *Server) drop(kind lake.EntryKind) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		name, err := c.name()
		if err != nil {
			return answer{}, err
		}
		purge := false
		if wanted := c.request.URL.Query().Get("purgeRequested"); wanted != "" {
			if purge, err = strconv.ParseBool(strings.ToLower(wanted)); err != nil {
				return answer{}, bad("purgeRequested=%s is neither true nor false", wanted)
			}
		}
		return done, s.Writer.Remove(ctx, kind, name, purge, c.kept(ctx, func() answer { return done }))
	}
}

func (s *Server) rename(kind lake.EntryKind) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		from, to, err := c.renaming()
		if err != nil {
			return answer{}, err
		}
		return done, s.Writer.Rename(ctx, kind, from, to, c.kept(ctx, func() answer { return done }))
	}
}

// renaming is which name becomes which.
func (c *call) renaming() (from, to ident.Table, err error) {
	var request struct {
		Source      identifier `json:"source"`
		Destination identifier `json:"destination"`
	}
	if err = c.decode(&request); err == nil {
		from, err = request.Source.table()
	}
	if err == nil {
		to, err = request.Destination.table()
	}
	return from, to, err
}

// reportMetrics takes what a client measured. It is a courtesy of the client's:
// what is not JSON is refused, and the rest is logged for who looks for it.
func (s *Server) reportMetrics(ctx context.Context, c *call) (answer, error) {
	name, err := c.name()
	if err != nil {
		return answer{}, err
	}
	var report map[string]json.RawMessage
	if err := c.decode(&report); err != nil {
		return answer{}, err
	}
	s.Logger.DebugContext(ctx, "an engine reports", "table", name.String(), "report", string(c.body))
	return done, nil
}

// keptState keeps the answer that shows the state which a change leads to.
func (c *call) keptState(ctx context.Context) lake.After {
	if c.key == "" {
		return nil
	}
	return func(tx metadb.Tx, now []*lake.Table) error { return c.keep(ctx, tx, loadedAnswer(now[0], false)) }
}
