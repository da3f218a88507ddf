package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/view"
)

// lastAdded stands for what the same request has added last.
const lastAdded = view.LastAddedID

// AlterView changes a view; requirements and updates are as Iceberg's REST
// protocol writes them.
func (w *Writer) AlterView(ctx context.Context, u TableUpdate, after After) (*Table, error) {
	var requirements view.Requirements
	if given(u.Requirements) {
		if err := json.Unmarshal(u.Requirements, &requirements); err != nil {
			return nil, refuse(ErrInvalid, "Invalid update of %s: %v", u.Name, err)
		}
	}
	next := func(ctx context.Context, base *Table) (state, error) {
		if base == nil || base.kind != ViewEntry {
			return state{}, NoEntry(ViewEntry, u.Name)
		}
		for _, r := range requirements {
			if err := r.Validate(base.view); err != nil {
				return state{}, refuse(ErrRequirement, "Requirement failed: view UUID does not match (%s: %v)", u.Name, err)
			}
		}
		return w.nextView(ctx, u, base)
	}
	now, err := w.revise(ctx, []revision{{u.Name, ViewEntry, next}}, after)
	if err != nil {
		return nil, err
	}
	return now[0], nil
}

func (w *Writer) nextView(ctx context.Context, u TableUpdate, base *Table) (state, error) {
	var meta view.Metadata
	wanted, changed := "", false
	err := guarded(func() error {
		b, err := newViewAlteration(base.view)
		if err != nil {
			return err
		}
		if err := b.applyAll(u.Updates); err != nil {
			return err
		}
		wanted, changed = b.location, b.builder.HasChanges()
		location, err := w.place(ctx, u.Name, base, wanted)
		if err != nil {
			return err
		}
		result, err := b.builder.SetLoc(location).Build()
		if err == nil {
			meta = result.Metadata
		}
		return err
	})
	switch {
	case err != nil && isRefusal(err):
		return state{}, err
	case err != nil:
		return state{}, refuse(ErrInvalid, "Cannot change view %s: %s", u.Name, viewWords(err))
	case !changed:
		return state{}, nil
	}
	return state{view: meta}, w.checkPaths(ctx, u.Name, base, meta.Properties())
}

func isRefusal(err error) bool {
	var r *Refusal
	return errors.As(err, &r)
}

// viewWords leaves out what the library says before it comes to the point.
func viewWords(err error) string {
	return strings.TrimPrefix(err.Error(), view.ErrInvalidViewMetadata.Error()+": ")
}

// viewAlteration applies updates to a view. It finds versions and schemas that
// the view has already, which the library's builder adds once more.
type viewAlteration struct {
	builder  *view.MetadataBuilder
	base     view.Metadata
	schemas  []*iceberg.Schema
	versions []*view.Version
	schema   int   // the last one added or found, -1 for none
	version  int64 // the same
	location string
}

func newViewAlteration(base view.Metadata) (*viewAlteration, error) {
	b, err := view.MetadataBuilderFromBase(base)
	return &viewAlteration{builder: b, base: base, schemas: base.Schemas(), versions: base.Versions(), schema: lastAdded, version: lastAdded}, err
}

func (a *viewAlteration) applyAll(raw json.RawMessage) error {
	var updates []json.RawMessage
	if given(raw) {
		if err := json.Unmarshal(raw, &updates); err != nil {
			return err
		}
	}
	for _, u := range updates {
		if err := a.apply(u); err != nil {
			return err
		}
		if err := a.builder.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (a *viewAlteration) apply(raw json.RawMessage) error {
	var u struct {
		Action    string            `json:"action"`
		Schema    *iceberg.Schema   `json:"schema"`
		Version   *view.Version     `json:"view-version"`
		VersionID int64             `json:"view-version-id"`
		Location  string            `json:"location"`
		Set       map[string]string `json:"updates"`
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		return err
	}
	switch {
	case u.Action == view.UpdateAddSchema && u.Schema != nil:
		a.addSchema(u.Schema)
	case u.Action == view.UpdateAddViewVersion && u.Version != nil:
		return a.addVersion(u.Version)
	case u.Action == view.UpdateSetCurrentViewVersion:
		id := u.VersionID
		if id == lastAdded {
			id = a.version
		}
		a.builder.SetCurrentVersionID(id)
	case u.Action == view.UpdateSetLocation:
		a.location = u.Location
	case len(u.Set) > 0 && refuseRights(u.Set, a.base.Properties()) != nil:
		return refuseRights(u.Set, a.base.Properties())
	case u.Action == view.UpdateAddSchema, u.Action == view.UpdateAddViewVersion:
		return fmt.Errorf("%s says nothing to add", u.Action)
	default:
		var one view.Updates
		list := append(append([]byte{'['}, raw...), ']')
		if err := json.Unmarshal(list, &one); err != nil {
			return err
		}
		return one[0].Apply(a.builder)
	}
	return nil
}

func (a *viewAlteration) addSchema(s *iceberg.Schema) {
	next := 0
	for _, have := range a.schemas {
		if s.Equals(have) {
			a.schema = have.ID
			return
		}
		next = max(next, have.ID+1)
	}
	s = iceberg.NewSchemaWithIdentifiers(next, s.IdentifierFieldIDs, s.Fields()...)
	a.builder.AddSchema(s)
	a.schemas, a.schema = append(a.schemas, s), next
}

func (a *viewAlteration) addVersion(v *view.Version) error {
	if v.SchemaID == lastAdded {
		v.SchemaID = a.schema
	}
	next := max(v.VersionID, 1)
	for _, have := range a.versions {
		if v.Equals(have) {
			a.version = have.VersionID
			return nil
		}
		next = max(next, have.VersionID+1)
	}
	v.VersionID = next
	if a.builder.AddVersion(v).Err() != nil {
		return a.builder.Err()
	}
	a.versions, a.version = append(a.versions, v.Clone()), next
	return nil
}
