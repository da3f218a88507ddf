package lake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
)

// TableUpdate is what an engine wants of one table: requirements and updates
// as Iceberg's REST protocol writes them, in JSON.
type TableUpdate struct {
	Name                  ident.Table
	Requirements, Updates json.RawMessage
}

// Alter changes tables, and creates those whose requirements say that they are
// not there: all of them at once, or none. A table that moved in between is
// looked at again: the requirements say whether the updates still hold.
func (w *Writer) Alter(ctx context.Context, all []TableUpdate, after After) ([]*Table, error) {
	revisions, seen := make([]revision, len(all)), map[string]bool{}
	for i, u := range all {
		if seen[u.Name.Key()] {
			return nil, refuse(ErrInvalid, "Table %s is named twice", u.Name)
		}
		seen[u.Name.Key()] = true
		a, err := parseAlteration(w, u)
		if err != nil {
			return nil, err
		}
		revisions[i] = revision{u.Name, TableEntry, a.next}
	}
	return w.revise(ctx, revisions, after)
}

// alteration is a TableUpdate that was read.
type alteration struct {
	writer       *Writer
	name         ident.Table
	requirements table.Requirements
	raw          json.RawMessage
	creates      bool
}

func parseAlteration(w *Writer, u TableUpdate) (*alteration, error) {
	a := &alteration{writer: w, name: u.Name, raw: u.Updates}
	err := guarded(func() error {
		if len(u.Requirements) > 0 {
			if err := json.Unmarshal(u.Requirements, &a.requirements); err != nil {
				return err
			}
		}
		_, err := a.updates()
		return err
	})
	if err != nil {
		return nil, refuse(ErrInvalid, "Invalid update of %s: %v", u.Name, err)
	}
	for _, r := range a.requirements {
		a.creates = a.creates || r.GetType() == "assert-create"
	}
	if a.creates && len(a.requirements) > 1 {
		return nil, refuse(ErrInvalid, "Invalid create requirements: a table that is not there has nothing else to require")
	}
	return a, nil
}

// updates are read anew each time: applying them changes them.
func (a *alteration) updates() (updates table.Updates, err error) {
	if len(a.raw) > 0 {
		err = json.Unmarshal(a.raw, &updates)
	}
	return updates, err
}

// guarded makes an error of what the library does not foresee in its input.
func guarded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the input makes no sense: %v", p)
		}
	}()
	return fn()
}

func (a *alteration) next(ctx context.Context, base *Table) (state, error) {
	switch {
	case base == nil && !a.creates:
		return state{}, NoEntry(TableEntry, a.name)
	case base != nil && base.kind != TableEntry && a.creates:
		return state{}, taken(base.Entry(), TableEntry)
	case base != nil && base.kind != TableEntry:
		return state{}, NoEntry(TableEntry, a.name)
	}
	if base == nil {
		if err := a.writer.mustHaveNamespace(ctx, a.name); err != nil {
			return state{}, err
		}
	}
	if err := a.check(base); err != nil {
		return state{}, err
	}
	var builder *table.MetadataBuilder
	err := guarded(func() (err error) {
		builder, err = a.build(base)
		return err
	})
	if err != nil {
		return state{}, refuse(ErrInvalid, "Invalid update of %s: %v", a.name, err)
	}
	if base != nil && !builder.HasChanges() {
		return state{}, nil
	}
	if base != nil {
		if err := a.expire(base, builder); err != nil {
			return state{}, refuse(ErrInvalid, "Invalid update of %s: %v", a.name, err)
		}
	}
	return a.settle(ctx, base, builder)
}

// expire lets a table that asks for it keep no more of its past than it says,
// where the updates add to it.
func (a *alteration) expire(base *Table, builder *table.MetadataBuilder) error {
	return guarded(func() error {
		if !bytes.Contains(a.raw, []byte(`"`+table.UpdateAddSnapshot+`"`)) {
			return nil
		}
		if _, asked := (Expiry{}).retention(base.meta.Properties()); !asked && !bytes.Contains(a.raw, []byte("history.expire.")) {
			return nil
		}
		// What a builder has is seen only when it has built, which ends it.
		other, err := a.build(base)
		if err != nil {
			return err
		}
		meta, err := other.Build()
		if err != nil {
			return err
		}
		return Expiry{}.expire(builder, meta.Properties(), timelineOf(meta))
	})
}

// settle makes metadata of what was built, at a place that may be used.
func (a *alteration) settle(ctx context.Context, base *Table, builder *table.MetadataBuilder) (state, error) {
	var meta table.Metadata
	build := func() error {
		return guarded(func() (err error) {
			if meta, err = builder.Build(); err != nil {
				return err
			}
			return refuseEmptyStructs(base, meta)
		})
	}
	// The place is known only from what is built, and a table without one is
	// not built.
	location, err := a.writer.place(ctx, a.name, base, a.wantedPlace())
	if err != nil {
		return state{}, err
	}
	if err := builder.SetLoc(location); err != nil {
		return state{}, refuse(ErrInvalid, "Invalid update of %s: %v", a.name, err)
	}
	if err := build(); err != nil {
		return state{}, refuse(ErrInvalid, "Invalid update of %s: %v", a.name, err)
	}
	return state{table: meta}, a.writer.checkPaths(ctx, a.name, base, meta.Properties())
}

// wantedPlace is the location that the updates set last, "" for none.
func (a *alteration) wantedPlace() string {
	var updates []struct {
		Action, Location string
	}
	wanted := ""
	if json.Unmarshal(a.raw, &updates) == nil {
		for _, u := range updates {
			if u.Action == table.UpdateSetLocation {
				wanted = u.Location
			}
		}
	}
	return wanted
}

// requirementWords say what is wrong where a requirement is not met, in the
// words that clients know from Iceberg's own catalogs.
var requirementWords = map[string]string{
	"assert-create":                     "table already exists",
	"assert-table-uuid":                 "UUID does not match",
	"assert-ref-snapshot-id":            "branch or tag has changed",
	"assert-last-assigned-field-id":     "last assigned field id changed",
	"assert-current-schema-id":          "current schema changed",
	"assert-last-assigned-partition-id": "last assigned partition id changed",
	"assert-default-spec-id":            "default partition spec changed",
	"assert-default-sort-order-id":      "default sort order changed",
}

func (a *alteration) check(base *Table) error {
	var meta table.Metadata
	if base != nil {
		meta = base.meta
	}
	for _, r := range a.requirements {
		var unmet error
		if err := guarded(func() error { unmet = r.Validate(meta); return nil }); err != nil {
			return refuse(ErrInvalid, "Invalid requirement of %s: %v", a.name, err)
		}
		if unmet == nil {
			continue
		}
		words, known := requirementWords[r.GetType()]
		if !known {
			words = r.GetType()
		}
		return refuse(ErrRequirement, "Requirement failed: %s (%s: %v)", words, a.name, unmet)
	}
	return nil
}

// build applies the updates.
func (a *alteration) build(base *Table) (*table.MetadataBuilder, error) {
	updates, err := a.updates()
	if err != nil {
		return nil, err
	}
	var builder *table.MetadataBuilder
	if base != nil {
		builder, err = table.MetadataBuilderFromBase(base.meta, base.location)
	} else {
		// What a table is made of is needed before what refers to it, in whatever
		// order an engine sends it.
		slices.SortStableFunc(updates, func(x, y table.Update) int { return cmp.Compare(creationRank(x), creationRank(y)) })
		if builder, err = table.NewMetadataBuilder(createdFormat(updates)); err == nil {
			err = builder.SetUUID(uuid.New()) // which an update may change
		}
	}
	if err != nil {
		return nil, err
	}
	for _, u := range updates {
		if err := u.Apply(builder); err != nil {
			return nil, fmt.Errorf("%s: %w", u.Action(), err)
		}
	}
	return builder, nil
}

func creationRank(u table.Update) int {
	switch u.Action() {
	case table.UpdateAssignUUID:
		return 0
	case table.UpdateUpgradeFormatVersion:
		return 1
	case table.UpdateAddSchema, table.UpdateSetCurrentSchema:
		return 2
	case table.UpdateAddSpec, table.UpdateSetDefaultSpec:
		return 3
	}
	return 4
}

// createdFormat is the format version of a table that updates create.
func createdFormat(updates table.Updates) int {
	for _, u := range updates {
		if u.Action() != table.UpdateUpgradeFormatVersion {
			continue
		}
		var version struct {
			Format int `json:"format-version"`
		}
		if text, err := json.Marshal(u); err == nil && json.Unmarshal(text, &version) == nil {
			return version.Format
		}
	}
	return table.DefaultFormatVersion
}
