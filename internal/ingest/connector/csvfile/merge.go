package csvfile

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// detail is what a layout of this package holds.
type detail struct {
	settings settings
	files    map[string]*fileLayout
}

// fileLayout is how one input is read.
type fileLayout struct {
	dialect dialect
	// fields has the layout's column of each field.
	fields []int
}

// merge makes one layout of all samples: columns come together by name, those
// of the table first, then new ones as they appear.
func merge(s settings, samples []*sample, req connector.Request, problems *diag.Problems) *connector.Layout {
	d := &detail{settings: s, files: map[string]*fileLayout{}}
	layout := connector.NewLayout(req, d)
	index := map[string]int{}
	for i := range layout.Columns {
		index[ident.Fold(layout.Columns[i].Name)] = i
	}
	var seen []textvalue.Kinds
	for _, found := range samples {
		file := &fileLayout{dialect: found.dialect}
		for i, name := range found.columns {
			column, ok := index[ident.Fold(name)]
			if !ok {
				column = len(layout.Columns)
				index[ident.Fold(name)] = column
				layout.Columns = append(layout.Columns, connector.Column{Name: name})
			}
			file.fields = append(file.fields, column)
			for len(seen) <= column {
				seen = append(seen, 0)
			}
			seen[column] |= found.seen[i]
		}
		d.files[found.name] = file
	}
	for i := len(req.Existing); i < len(layout.Columns); i++ {
		layout.Columns[i].Type, layout.Columns[i].Origin = seen[i].Column()
	}
	if len(layout.Columns) == 0 && len(samples) > 0 {
		problems.Errorf("empty-input", diag.Place{File: samples[0].name}, "%s", emptyMessage(len(samples))).
			Hint = "the table is made by the first load that has a header or a record"
		return nil
	}
	layout.Declare(req, problems)
	return layout
}

func emptyMessage(files int) string {
	if files == 1 {
		return "the file is empty: it has neither a header nor a record"
	}
	return fmt.Sprintf("all %d files are empty: none has a header or a record", files)
}
