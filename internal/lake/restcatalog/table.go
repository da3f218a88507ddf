package restcatalog

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Loaded is a state of a table or view.
type Loaded struct {
	// Location is that of the metadata file, Metadata what it says.
	Location string          `json:"metadata-location"`
	Metadata json.RawMessage `json:"metadata"`
}

// Change is what becomes of a table or view, if its requirements are met.
type Change struct {
	Name                  ident.Table
	Requirements, Updates []json.RawMessage
}

type change struct {
	Identifier   identifier        `json:"identifier"`
	Requirements []json.RawMessage `json:"requirements"`
	Updates      []json.RawMessage `json:"updates"`
}

func (c Change) body() change {
	out := change{identify(c.Name), c.Requirements, c.Updates}
	if out.Requirements == nil {
		out.Requirements = []json.RawMessage{}
	}
	return out
}

// known keeps states with the tags under which the server gave them, so that
// they need not be sent again.
type known struct {
	mu     sync.Mutex
	states map[string]tagged
}

type tagged struct {
	tag    string
	loaded Loaded
}

// keptStates bounds how many states are kept.
const keptStates = 256

func (k *known) get(path string) tagged {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.states[path]
}

func (k *known) put(path string, t tagged) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.states) >= keptStates || k.states == nil {
		k.states = map[string]tagged{}
	}
	k.states[path] = t
}

func (c *Client) named(kind Kind, name ident.Table) string {
	return c.path("namespaces", joined(name.Namespace), string(kind), name.Name)
}

// Load returns the present state of a name; none is an [ErrNotFound].
func (c *Client) Load(ctx context.Context, kind Kind, name ident.Table) (Loaded, error) {
	path := c.named(kind, name)
	before := c.known.get(path)
	var loaded Loaded
	answer, err := c.do(ctx, request{method: http.MethodGet, path: path, answer: &loaded, ifNot: before.tag})
	switch {
	case err != nil:
		return Loaded{}, err
	case answer.status == http.StatusNotModified:
		return before.loaded, nil
	case len(loaded.Metadata) == 0 || loaded.Location == "":
		return Loaded{}, errors.New("the catalog's answer has no metadata of " + name.String())
	}
	if answer.tag != "" {
		c.known.put(path, tagged{answer.tag, loaded})
	}
	return loaded, nil
}

// Draft returns the metadata that a table of these columns would have, and
// makes no table.
func (c *Client) Draft(ctx context.Context, name ident.Table, schema json.RawMessage) (json.RawMessage, error) {
	var loaded Loaded
	body := map[string]any{"name": name.Name, "schema": schema, "stage-create": true, "properties": map[string]string{}}
	_, err := c.do(ctx, request{method: http.MethodPost, path: c.path("namespaces", joined(name.Namespace), string(Tables)), body: body, answer: &loaded, drafts: true})
	return loaded.Metadata, err
}

// Commit changes one table or view and returns its new state.
func (c *Client) Commit(ctx context.Context, kind Kind, change Change) (Loaded, error) {
	var loaded Loaded
	_, err := c.do(ctx, request{method: http.MethodPost, path: c.named(kind, change.Name), body: change.body(), answer: &loaded})
	return loaded, err
}

// CommitAll changes several tables at once, or none.
func (c *Client) CommitAll(ctx context.Context, changes []Change) error {
	all := make([]change, len(changes))
	for i, one := range changes {
		all[i] = one.body()
	}
	_, err := c.do(ctx, request{method: http.MethodPost, path: c.path("transactions", "commit"), body: map[string]any{"table-changes": all}})
	return err
}

// View is a view that is not there yet.
type View struct {
	Name            ident.Table
	Location        string
	Schema, Version json.RawMessage
	Properties      map[string]string
}

// CreateView makes a view.
func (c *Client) CreateView(ctx context.Context, v View) (Loaded, error) {
	var loaded Loaded
	body := map[string]any{"name": v.Name.Name, "schema": v.Schema, "view-version": v.Version, "properties": v.Properties}
	if v.Location != "" {
		body["location"] = v.Location
	}
	_, err := c.do(ctx, request{method: http.MethodPost, path: c.path("namespaces", joined(v.Name.Namespace), string(Views)), body: body, answer: &loaded})
	return loaded, err
}

// Drop takes a table or view out of the catalog and leaves its files alone.
func (c *Client) Drop(ctx context.Context, kind Kind, name ident.Table) error {
	path := c.named(kind, name)
	if kind == Tables {
		path += "?purgeRequested=false"
	}
	_, err := c.do(ctx, request{method: http.MethodDelete, path: path})
	return err
}
