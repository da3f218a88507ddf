package lake

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/diag"
)

// tableBuild is the making of one candidate.
type tableBuild struct {
	stage   *Stage
	change  Change
	base    table.Metadata // nil: the table is created
	onto    *Table         // the state that has the rows; nil: there are none
	again   bool           // onto is a candidate
	builder *table.MetadataBuilder
	version int
	schema  Schema
	iceberg *iceberg.Schema
	spec    iceberg.PartitionSpec

	snapshotID int64
	id         uuid.UUID // makes file names unique
	added      tally
	removed    tally
	// needed names the files that onto has and the candidate still needs.
	needed []string
}

func (s *Stage) newTableBuild(c Change) (*tableBuild, error) {
	b := &tableBuild{stage: s, change: c, id: uuid.New()}
	// A table that takes the place of a view starts anew.
	if c.Base != nil && c.Base.kind == TableEntry {
		b.base = c.Base.meta
	}
	b.setOnto()
	if err := b.checkOp(); err != nil {
		return nil, err
	}
	if err := b.resolveSchema(); err != nil {
		return nil, err
	}
	if err := b.newBuilder(); err != nil {
		return nil, err
	}
	if err := b.setShape(); err != nil {
		return nil, err
	}
	return b, b.setProperties()
}

// setProperties lets the table have what earlier candidates and the change say.
func (b *tableBuild) setProperties() error {
	properties, gone := b.inherited()
	maps.Copy(properties, b.change.Properties)
	if b.change.Doc != "" {
		properties[docProperty] = b.change.Doc
	}
	for _, name := range b.change.Unset {
		if _, set := b.change.Properties[name]; !set && (name != docProperty || b.change.Doc == "") {
			delete(properties, name)
			gone = append(gone, name)
		}
	}
	if err := b.builder.RemoveProperties(gone); err != nil {
		return err
	}
	return b.builder.SetProperties(properties)
}

// setOnto finds where the rows are. A candidate that is built again keeps the
// id of its snapshot: to readers there is one.
func (b *tableBuild) setOnto() {
	b.snapshotID = newSnapshotID(b.base)
	if b.base != nil {
		b.onto = b.change.Base
	}
	if o := b.change.Onto; o != nil && o.kind == TableEntry {
		b.onto, b.again = o, true
		if s := o.meta.CurrentSnapshot(); s != nil {
			b.snapshotID = s.SnapshotID
		}
	}
}

// inherited are the properties that earlier candidates have set, and the names
// of those that they have taken away.
func (b *tableBuild) inherited() (set iceberg.Properties, gone []string) {
	set = iceberg.Properties{}
	if !b.again {
		return set, nil
	}
	var before iceberg.Properties
	if b.base != nil {
		before = b.base.Properties()
	}
	now := b.onto.meta.Properties()
	for k, v := range now {
		if old, found := before[k]; !found || old != v {
			set[k] = v
		}
	}
	for k := range before {
		if _, kept := now[k]; !kept {
			gone = append(gone, k)
		}
	}
	return set, gone
}

// op is what the candidate does to its base, all builds together.
func (b *tableBuild) op() Op {
	switch {
	case !b.again || b.change.Op == Replace:
		return b.change.Op
	case b.change.Op == Append && b.onto.Current() != nil && b.onto.Current().Operation == string(table.OpAppend):
		return Append
	}
	return Overwrite
}

func (b *tableBuild) checkOp() error {
	switch b.change.Op {
	case Append, Replace:
	case Overwrite:
		if b.onto == nil {
			return fmt.Errorf("there is no table to overwrite files of")
		}
	default:
		return fmt.Errorf("unknown operation %q", b.change.Op)
	}
	if b.change.Op != Overwrite && len(b.change.Remove) > 0 {
		return fmt.Errorf("%s cannot remove files", b.change.Op)
	}
	if b.change.Op == Append && b.onto == nil && b.change.Base != nil {
		return fmt.Errorf("a view cannot be appended to")
	}
	return nil
}

// resolveSchema takes base's schema where none is given, and makes sure that
// the files that stay can be read with the one that is.
func (b *tableBuild) resolveSchema() error {
	b.schema = b.change.Schema
	if b.onto != nil && b.change.Op != Replace {
		have := b.onto.Schema()
		if len(b.schema.Fields) == 0 {
			b.schema = have
		}
		if !fits(have.Fields, b.schema.Fields) {
			return diag.New("schema-change", diag.Place{},
				"%s cannot go from %s to %s while keeping its rows", b.onto.name, have, b.schema)
		}
	}
	return b.schema.check()
}

// fits reports whether rows written with the fields from can be read with the
// fields to: every field is there by id, with the same or a wider type, and no
// new one is required.
func fits(from, to []Field) bool {
	matched := 0
	for _, f := range from {
		g, found := topByID(to, f.ID)
		if !found || (g.Required && !f.Required) || !fitsType(f.Type, g.Type) {
			return false
		}
		matched++
	}
	for _, g := range to {
		if _, found := topByID(from, g.ID); !found && g.Required {
			return false
		}
	}
	return matched == len(from)
}

func fitsType(from, to Type) bool {
	if from.Kind != to.Kind || !from.Nested() {
		return Widens(from, to)
	}
	var a, z []Field
	for _, c := range from.children() {
		a = append(a, *c)
	}
	for _, c := range to.children() {
		z = append(z, *c)
	}
	return fits(a, z)
}

func topByID(fields []Field, id int) (Field, bool) {
	for _, f := range fields {
		if f.ID == id {
			return f, true
		}
	}
	return Field{}, false
}

func (b *tableBuild) newBuilder() (err error) {
	b.version = b.schema.formatVersion()
	if b.again { // its manifests are of its version
		b.version = max(b.version, b.onto.meta.Version())
	}
	if b.base != nil {
		b.version = max(b.version, b.base.Version())
		if b.builder, err = table.MetadataBuilderFromBase(b.base, b.change.Base.location); err != nil {
			return err
		}
		return b.builder.SetFormatVersion(b.version)
	}
	if b.builder, err = table.NewMetadataBuilder(b.version); err != nil {
		return err
	}
	id := uuid.New()
	if b.again {
		id = b.onto.meta.TableUUID()
	}
	if err := b.builder.SetUUID(id); err != nil {
		return err
	}
	return b.builder.SetLoc(b.stage.lake.store.URI(tableFolder(b.stage.row.Name)))
}

func (s Schema) formatVersion() int { return StructOf(s.Fields...).minFormat() }

// setShape makes the schema and the partition spec current, adding those that
// the table does not have.
func (b *tableBuild) setShape() error {
	if err := b.keepIDs(); err != nil {
		return err
	}
	if b.base != nil && reflect.DeepEqual(b.schema.Fields, b.change.Base.Schema().Fields) {
		b.iceberg = b.base.CurrentSchema()
	} else {
		b.iceberg = toIcebergSchema(Schema{Fields: b.schema.Fields})
		if err := b.builder.AddSchema(b.iceberg); err != nil {
			return err
		}
		if err := b.builder.SetCurrentSchemaID(-1); err != nil {
			return err
		}
		b.iceberg = b.builder.CurrentSchema()
	}
	b.schema.ID = b.iceberg.ID
	if b.base == nil {
		// A copy: the builder writes to what it is given, and this one is everybody's.
		unsorted := table.UnsortedSortOrder
		if err := b.builder.AddSortOrder(&unsorted); err != nil {
			return err
		}
		if err := b.builder.SetDefaultSortOrderID(-1); err != nil {
			return err
		}
	}
	return b.setSpec()
}

// keepIDs makes known the schemas between base and the candidate that is built
// again, where one of them has ids that no other has: files may have columns of
// theirs, and the ids must mean nothing else later.
func (b *tableBuild) keepIDs() error {
	if !b.again || b.onto.lastColumnID() <= topID(b.schema.Fields) {
		return nil
	}
	known := map[int]bool{}
	if b.base != nil {
		for _, s := range b.base.Schemas() {
			known[s.ID] = true
		}
	}
	for _, s := range b.onto.meta.Schemas() {
		if !known[s.ID] {
			if err := b.builder.AddSchema(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// topID is the highest id of fields and their parts.
func topID(fields []Field) int {
	top := 0
	for _, f := range fields {
		top = max(top, f.ID)
		for _, c := range f.Type.children() {
			top = max(top, topID([]Field{*c}))
		}
	}
	return top
}

func (b *tableBuild) setSpec() error {
	if b.again && b.change.Op != Replace {
		b.change.Partition = b.onto.Partition() // what its files have
	}
	if b.base != nil && b.change.Op != Replace && b.change.Partition == nil {
		b.spec = b.base.PartitionSpec()
		return nil
	}
	var earlier []iceberg.PartitionSpec
	if b.base != nil {
		earlier = b.base.PartitionSpecs()
	}
	spec, err := partitionSpec(b.change.Partition, b.schema, earlier)
	if err != nil {
		return err
	}
	for _, old := range earlier {
		if old.CompatibleWith(&spec) {
			b.spec = old
			return b.builder.SetDefaultSpecID(old.ID())
		}
	}
	if err := b.builder.AddPartitionSpec(&spec, b.base == nil); err != nil {
		return err
	}
	if err := b.builder.SetDefaultSpecID(-1); err != nil {
		return err
	}
	current, err := b.builder.CurrentSpec()
	if err == nil {
		b.spec = *current
	}
	return err
}

// location returns where the metadata file is.
func (b *tableBuild) location() string { return b.stage.lake.store.URI(b.metadataName()) }

func (b *tableBuild) metadataName() string {
	base := ""
	if b.base != nil {
		base = b.change.Base.location
	}
	return b.stage.row.MetadataPrefix + "/" + metadataFile(base, b.id)
}

// metadataFile returns the name of the metadata file after base, with the
// version in front that other writers count on from.
func metadataFile(base string, id uuid.UUID) string {
	version := 0
	if number, _, found := strings.Cut(path.Base(base), "-"); found {
		if n, err := strconv.Atoi(number); err == nil {
			version = n + 1
		}
	}
	return fmt.Sprintf("%05d-%s.metadata.json", version, id)
}

// newSnapshotID returns a random positive id that the table does not have.
func newSnapshotID(base table.Metadata) int64 {
	for {
		random := uuid.New()
		id := int64(0)
		for _, x := range random[:8] {
			id = id<<8 | int64(x)
		}
		id &= 1<<62 - 1
		if id > 0 && (base == nil || base.SnapshotByID(id) == nil) {
			return id
		}
	}
}
