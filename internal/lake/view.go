package lake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/view"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const (
	// viewDialect is the dialect of the statements behind views.
	viewDialect = "duckdb"
	// docProperty holds a table's description, as other tools have it.
	docProperty = "comment"
	// viewStage names the stage that made a version of a view, in its summary.
	viewStage = "tarn-stage"
)

// ViewChange is the new state of a view.
type ViewChange struct {
	// Base is the state that the change builds on, a table too; nil creates.
	Base *Table
	// SQL is one statement in the embedded engine's dialect.
	SQL string
	// Schema is the columns of its result; ids may be 0.
	Schema     Schema
	Properties map[string]string
	// Unset are the properties that the view no longer has.
	Unset []string
	Doc   string
	// OfProject lets the view read with the project's rights, for as long as it
	// has this statement.
	OfProject bool
}

// BuildView writes the metadata file of a view, which is a candidate.
func (s *Stage) BuildView(ctx context.Context, c ViewChange) (*Candidate, error) {
	candidate, err := s.once(ctx, func() (*Candidate, error) { return s.buildView(ctx, c) })
	if err != nil {
		return nil, fmt.Errorf("build view %s: %w", s.row.Name, err)
	}
	return candidate, nil
}

func (s *Stage) buildView(ctx context.Context, c ViewChange) (*Candidate, error) {
	meta, err := s.viewMetadata(c)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	again := s.row.State == stateCandidate
	base := ""
	if c.Base != nil && c.Base.kind == ViewEntry {
		base = c.Base.location
	}
	name := s.row.MetadataPrefix + "/" + metadataFile(base, uuid.New())
	if err := objstore.WriteAll(ctx, s.lake.store, name, data); err != nil {
		return nil, err
	}
	s.row.Kind, s.row.Op, s.row.Location, s.row.Records = ViewEntry, Replace, s.lake.store.URI(name), 0
	s.expect(c.Base)
	return s.finish(ctx, []string{name}, again)
}

func (s *Stage) viewMetadata(c ViewChange) (view.Metadata, error) {
	schema := Schema{Fields: cloneFields(c.Schema.Fields)}
	if _, unassigned := topByID(schema.Fields, 0); unassigned {
		schema = s.lake.AssignIDs(nil, schema)
	}
	if err := schema.check(); err != nil {
		return nil, err
	}
	builder, err := view.NewMetadataBuilder()
	if err != nil {
		return nil, err
	}
	number := int64(1)
	if c.Base != nil && c.Base.kind == ViewEntry {
		number = c.Base.view.CurrentVersionID() + 1
		if builder, err = view.MetadataBuilderFromBase(c.Base.view); err != nil {
			return nil, err
		}
	} else {
		builder.SetUUID(uuid.New()).SetLoc(s.newHome())
	}
	version, err := view.NewVersion(number, 0,
		[]view.Representation{view.NewRepresentation(c.SQL, viewDialect)},
		strings.Split(s.row.Name.Namespace, "."), view.WithDefaultViewCatalog(CatalogName),
		// The stage makes each version its own: iceberg-go would add an earlier
		// equal one a second time, under the same id.
		view.WithVersionSummary(view.VersionSummary{viewStage: s.row.ID}))
	if err != nil {
		return nil, err
	}
	// What another engine wrote for its own dialect is no longer what the view says.
	properties := iceberg.Properties{view.ReplaceDropDialectAllowedKey: "true"}
	maps.Copy(properties, c.Properties)
	delete(properties, rightsProperty) // says what OfProject says
	if c.Doc != "" {
		properties[docProperty] = c.Doc
	}
	if c.OfProject {
		properties[rightsProperty] = projectRights(c.SQL)
	}
	return builder.SetCurrentVersion(version, toIcebergSchema(schema)).RemoveProperties(c.Unset).SetProperties(properties).Build()
}
