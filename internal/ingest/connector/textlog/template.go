package textlog

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/drain"
)

// TemplateOptions are those of formats that find templates of a column.
func TemplateOptions(column string) []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "templates", Kind: connector.BoolOption, Default: "false", Doc: "Whether to find the template of each " + column + " (Drain): columns template, template_id and parameters."},
		{Name: "similarity", Kind: connector.TextOption, Default: "0.4", Doc: "How much of a template's words a text must share to belong to it, from 0 to 1."},
	}
}

// templateColumns are the columns that templates add.
var templateColumns = []connector.Column{
	{Name: "template"}, {Name: "template_id"},
	{Name: "parameters", Type: connector.ListOf(connector.Type{Kind: connector.String})},
}

// templates is how templates are found; nil is not at all.
type templates struct{ config drain.Config }

func newTemplates(settings connector.Settings, given map[string]connector.Option) (*templates, error) {
	config, wanted, err := TemplateConfig(settings, given)
	if err != nil || !wanted {
		return nil, err
	}
	return &templates{config}, nil
}

// TemplateConfig reads the TemplateOptions.
func TemplateConfig(settings connector.Settings, given map[string]connector.Option) (config drain.Config, wanted bool, err error) {
	wanted, _ = settings.Bool("templates")
	text, ok := settings.Text("similarity")
	if !ok {
		return config, wanted, nil
	}
	config.Similarity, err = strconv.ParseFloat(text, 64)
	if err != nil || !(config.Similarity > 0 && config.Similarity <= 1) {
		return config, wanted, diag.New("bad-option", given["similarity"].Place, "option \"similarity\": %q is not a number above 0 and up to 1", text)
	}
	return config, wanted, nil
}

func (t *templates) start() *learnt { return &learnt{drain.New(t.config)} }

// learnt is what the first reading of an input told.
type learnt struct{ tree *drain.Tree }

func (l *learnt) learn(row *Row, _ int) { l.tree.Learn(row.message) }

// write sets the columns of templates, which stand behind the plan's own.
func (l *learnt) write(row *Row, own int) {
	if l == nil {
		return
	}
	var found *drain.Template
	row.List(own+2, func(elem *connector.Vector) {
		found = l.tree.Match(row.message, func(value []byte) { elem.SetText(elem.Extend(), value) })
	})
	if found != nil {
		row.Text(own, []byte(found.Text()))
		row.Text(own+1, []byte(found.ID()))
	}
}

// unread is the sink of a reading that only learns.
type unread struct{}

func (unread) Rows(arrow.RecordBatch) error  { return nil }
func (unread) Reject(connector.Reject) error { return nil }
