package lake

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/objstore"
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

	properties iceberg.Properties

	// reads has the files of onto; nil is the lake's store.
	reads objstore.Store

	snapshotID int64
	id         uuid.UUID // makes file names unique
	added      tally
	removed    tally
	// files are the new data files; inherits is that there are others.
	files    []iceberg.DataFile
	inherits bool
	meta     table.Metadata // what was made
	// needed names the files that onto has and the candidate still needs.
	needed []string
}

// filesOf is for reading the manifests of what the build goes on from.
func (b *tableBuild) filesOf(ctx context.Context) storeIO {
	if b.reads != nil {
		return storeIO{ctx, b.reads}
	}
	return storeIO{ctx, b.stage.lake.store}
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
	return b.builder.SetLoc(b.stage.newHome())
}

func (s Schema) formatVersion() int { return StructOf(s.Fields...).minFormat() }

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
