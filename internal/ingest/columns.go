package ingest

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/lake"
)

// metaFields are the columns that each raw row carries, behind its own.
var metaFields = []lake.Field{
	{Name: FileColumn, Type: lake.Type{Kind: lake.String}, Doc: "File that the row came from"},
	{Name: LineColumn, Type: lake.Type{Kind: lake.Long}, Doc: "Line of the file where the record starts, the header counted"},
	{Name: LoadColumn, Type: lake.Type{Kind: lake.String}, Doc: "Load that wrote the row (system.loads)"},
	{Name: LoadedAtColumn, Type: lake.Type{Kind: lake.TimestampTZ}, Doc: "When that load began"},
}

// fileType is the type of the file column in batches: one name per batch.
var fileType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// rowSchema is the schema of the batches that go to the writer.
func (j *job) rowSchema() *arrow.Schema {
	fields := j.tableFields()
	if j.meta {
		fields = append(fields, arrow.Field{Name: FileColumn, Type: fileType})
	}
	if j.hasOrigins() {
		fields = append(fields, arrow.Field{Name: OriginColumn, Type: fileType})
	}
	return arrow.NewSchema(fields, nil)
}

// hasOrigins reports whether rows say which of several origins they are from.
func (j *job) hasOrigins() bool { return len(j.def.Origins) > 0 }

// discards reports whether rows are kept without the values that do not fit.
func (j *job) discards() bool { return j.meta && j.def.Contract.Types == discardValue }

// withTexts adds columns to b, behind its own, that have the same text in every
// row.
func withTexts(b arrow.RecordBatch, schema *arrow.Schema, texts []string) arrow.RecordBatch {
	columns := append([]arrow.Array(nil), b.Columns()...)
	for _, text := range texts {
		column := repeated(text, int(b.NumRows()))
		defer column.Release()
		columns = append(columns, column)
	}
	return array.NewRecordBatch(schema, columns, b.NumRows())
}

// repeated is a column with the same text in n rows.
func repeated(text string, n int) arrow.Array {
	zeros := memory.NewBufferBytes(make([]byte, 4*n))
	data := array.NewData(arrow.PrimitiveTypes.Int32, n, []*memory.Buffer{nil, zeros}, nil, 0, 0)
	defer data.Release()
	indices := array.NewInt32Data(data)
	defer indices.Release()
	names := array.NewStringBuilder(memory.DefaultAllocator)
	defer names.Release()
	names.Append(text)
	values := names.NewArray()
	defer values.Release()
	return array.NewDictionaryArray(fileType, indices, values)
}

// inferRequest tells the format what is known of the columns beforehand.
func (j *job) inferRequest() (connector.Request, error) {
	r := connector.Request{Options: map[string]connector.Option{}, Declared: map[string]connector.DeclaredType{}}
	def := j.def
	for name, typ := range def.Columns {
		r.Declared[name] = connector.DeclaredType{Type: typ, Place: def.Places["columns."+name]}
	}
	for name, o := range def.Options {
		if name != FormatOption && (def.From != FromFile || !isFileOption(name)) {
			r.Options[name] = connector.Option{Value: o.Value, Place: o.Place}
		}
	}
	if j.widened > 1 {
		r.SampleBytes = -1
	}
	r.Evolve = def.Contract.Types == "" || def.Contract.Types == evolve
	r.DiscardValues = j.discards()
	if j.base == nil || j.clear {
		return r, nil
	}
	for _, f := range j.base.Schema().Fields {
		if strings.HasPrefix(f.Name, connector.ReservedPrefix) {
			continue
		}
		t, ok := connectorType(f.Type)
		if !ok {
			return r, diag.New("unfit-table", def.Place, "the column %s of %s has type %s, which files of this format do not have", f.Name, j.table, f.Type).
				WithHint("load into another table, or rebuild this one with --full-refresh")
		}
		r.Existing = append(r.Existing, connector.Column{Name: f.Name, Type: t, Origin: connector.Existing})
	}
	return r, nil
}

// schema is the table's schema after the load: the columns that it has, in
// their order and as wide as they now must be, then the new ones.
func (j *job) schema() lake.Schema {
	var s lake.Schema
	seen := map[string]bool{}
	if j.base != nil && !j.clear {
		for _, f := range j.base.Schema().Fields {
			if i := j.layout.Index(f.Name); i >= 0 {
				f.Type = lakeType(j.layout.Columns[i].Type)
			}
			seen[ident.Fold(f.Name)] = true
			s.Fields = append(s.Fields, f)
		}
	}
	docs := j.request.Source.PersistedColumns()
	for i, c := range j.layout.Columns {
		if !seen[ident.Fold(c.Name)] && j.takes(i) {
			s.Fields = append(s.Fields, lake.Field{Name: c.Name, Type: lakeType(c.Type), Doc: docs[ident.Fold(c.Name)]})
		}
	}
	if j.hasOrigins() && !seen[OriginColumn] {
		s.Fields = append(s.Fields, lake.Field{Name: OriginColumn, Type: lake.Type{Kind: lake.String}, Doc: "Origin that the row came from"})
	}
	if j.meta {
		own := metaFields
		if keepsDiscarded(j.def.Contract) {
			own = append(own[:len(own):len(own)], discardedField)
		}
		for _, f := range own {
			if !seen[f.Name] {
				s.Fields = append(s.Fields, f)
			}
		}
	}
	return s
}
