package lake

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
)

// stageMark is the property of a table that tells which stage changed it last,
// where no snapshot of its own does.
const stageMark = "tarn.stage"

// tableChange says what leads from the base to the candidate, and what must
// still be so of the base: the other side writes the metadata file itself.
func (c outsideChange) tableChange() (restcatalog.Change, error) {
	u := &tableUpdates{next: c.next.meta}
	if c.base != nil {
		u.base = c.base.meta
	}
	u.shape()
	u.snapshots()
	if len(u.updates) > 0 && !u.marked {
		u.add(table.NewSetPropertiesUpdate(iceberg.Properties{stageMark: c.stage}))
	}
	out := restcatalog.Change{Name: c.name}
	for _, one := range u.updates {
		text, err := json.Marshal(one)
		if err != nil {
			return out, fmt.Errorf("write the changes of %s: %w", c.name, err)
		}
		out.Updates = append(out.Updates, text)
	}
	for _, one := range u.requirements() {
		text, err := json.Marshal(one)
		if err != nil {
			return out, fmt.Errorf("write the requirements of %s: %w", c.name, err)
		}
		out.Requirements = append(out.Requirements, text)
	}
	return out, nil
}

// tableUpdates are the steps from one state to another.
type tableUpdates struct {
	base, next table.Metadata // base is nil where the table is made
	updates    []table.Update
	// marked: a new snapshot tells that the change was made.
	marked bool
}

func (u *tableUpdates) add(all ...table.Update) { u.updates = append(u.updates, all...) }

// shape is all but snapshots.
func (u *tableUpdates) shape() {
	if u.base == nil {
		u.add(table.NewAssignUUIDUpdate(u.next.TableUUID()))
	}
	if u.base == nil || u.base.Version() != u.next.Version() {
		u.add(table.NewUpgradeFormatVersionUpdate(u.next.Version()))
	}
	u.schemas()
	u.specs()
	u.orders()
	if u.base == nil || u.base.Location() != u.next.Location() {
		u.add(table.NewSetLocationUpdate(u.next.Location()))
	}
	u.properties()
}

func (u *tableUpdates) schemas() {
	known, current, last := map[int]bool{}, -1, -1
	if u.base != nil {
		current = u.base.CurrentSchema().ID
		for _, s := range u.base.Schemas() {
			known[s.ID] = true
		}
	}
	for _, s := range u.next.Schemas() {
		if !known[s.ID] {
			u.add(table.NewAddSchemaUpdate(s))
			last = s.ID
		}
	}
	if id := u.next.CurrentSchema().ID; id != current {
		u.add(table.NewSetCurrentSchemaUpdate(lastOf(id, last)))
	}
}

// lastOf names what was added last as the protocol does, so that it does not
// matter which id the other side gives it.
func lastOf(id, last int) int {
	if id == last {
		return lastAdded
	}
	return id
}

func (u *tableUpdates) specs() {
	known, current, last := map[int]bool{}, -1, -1
	if u.base != nil {
		current = u.base.DefaultPartitionSpec()
		for _, s := range u.base.PartitionSpecs() {
			known[s.ID()] = true
		}
	}
	for _, s := range u.next.PartitionSpecs() {
		if !known[s.ID()] {
			u.add(table.NewAddPartitionSpecUpdate(&s, u.base == nil))
			last = s.ID()
		}
	}
	if id := u.next.DefaultPartitionSpec(); id != current {
		u.add(table.NewSetDefaultSpecUpdate(lastOf(id, last)))
	}
}

func (u *tableUpdates) orders() {
	known, current, last := map[int]bool{}, -1, -1
	if u.base != nil {
		current = u.base.DefaultSortOrder()
		for _, o := range u.base.SortOrders() {
			known[o.OrderID()] = true
		}
	}
	for _, o := range u.next.SortOrders() {
		if !known[o.OrderID()] {
			u.add(table.NewAddSortOrderUpdate(&o))
			last = o.OrderID()
		}
	}
	if id := u.next.DefaultSortOrder(); id != current {
		u.add(table.NewSetDefaultSortOrderUpdate(lastOf(id, last)))
	}
}

func (u *tableUpdates) properties() {
	before := iceberg.Properties{}
	if u.base != nil {
		before = u.base.Properties()
	}
	set, unset := differences(before, u.next.Properties())
	if len(set) > 0 {
		u.add(table.NewSetPropertiesUpdate(set))
	}
	if len(unset) > 0 {
		u.add(table.NewRemovePropertiesUpdate(unset))
	}
}

// differences are the properties that are set on the way from one state to
// another, and those that are taken away.
func differences(before, after iceberg.Properties) (set iceberg.Properties, unset []string) {
	set = iceberg.Properties{}
	for key, value := range after {
		if old, found := before[key]; !found || old != value {
			set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, kept := after[key]; !kept {
			unset = append(unset, key)
		}
	}
	return set, unset
}

func (u *tableUpdates) snapshots() {
	before, after := map[int64]bool{}, map[int64]bool{}
	refs := map[string]table.SnapshotRef{}
	if u.base != nil {
		for _, s := range u.base.Snapshots() {
			before[s.SnapshotID] = true
		}
		refs = maps.Collect(u.base.Refs())
	}
	for _, s := range u.next.Snapshots() {
		after[s.SnapshotID] = true
		if !before[s.SnapshotID] {
			u.add(table.NewAddSnapshotUpdate(&s))
			u.marked = true
		}
	}
	next := maps.Collect(u.next.Refs())
	for _, name := range slices.Sorted(maps.Keys(next)) {
		ref := next[name]
		if old, found := refs[name]; !found || !reflect.DeepEqual(old, ref) {
			u.add(table.NewSetSnapshotRefUpdate(name, ref.SnapshotID, ref.SnapshotRefType,
				orZero(ref.MaxRefAgeMs), orZero(ref.MaxSnapshotAgeMs), orZero(ref.MinSnapshotsToKeep)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		if _, kept := next[name]; !kept {
			u.add(table.NewRemoveSnapshotRefUpdate(name))
		}
	}
	var gone []int64
	for id := range before {
		if !after[id] {
			gone = append(gone, id)
		}
	}
	if slices.Sort(gone); len(gone) > 0 {
		u.add(table.NewRemoveSnapshotsUpdate(gone, false))
	}
}

func orZero[T int | int64](p *T) T {
	if p == nil {
		return 0
	}
	return *p
}

// requirements are what of the base must not have changed.
func (u *tableUpdates) requirements() []table.Requirement {
	if u.base == nil {
		return []table.Requirement{table.AssertCreate()}
	}
	var current *int64
	if s := u.base.CurrentSnapshot(); s != nil {
		current = &s.SnapshotID
	}
	out := []table.Requirement{
		table.AssertTableUUID(u.base.TableUUID()), table.AssertRefSnapshotID(table.MainBranch, current),
		table.AssertCurrentSchemaID(u.base.CurrentSchema().ID), table.AssertLastAssignedFieldID(u.base.LastColumnID()),
		table.AssertDefaultSpecID(u.base.DefaultPartitionSpec()), table.AssertDefaultSortOrderID(u.base.DefaultSortOrder()),
	}
	if id := u.base.LastPartitionSpecID(); id != nil {
		out = append(out, table.AssertLastAssignedPartitionID(*id))
	}
	return out
}
