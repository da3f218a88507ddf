package excel

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// columns finds the columns of a sheet.
type columns struct {
	names []string
	types []connector.Type
	// used says that a column has a cell below the header.
	used []bool
}

func (c *columns) grow(column int) {
	for len(c.names) <= column {
		c.names = append(c.names, "")
		c.types = append(c.types, connector.Type{Kind: typed.Unknown})
		c.used = append(c.used, false)
	}
}

// name takes the header.
func (c *columns) name(cells []cell) {
	for _, cell := range cells {
		c.grow(cell.column)
		c.names[cell.column] = strings.TrimSpace(string(typed.AppendText(nil, &cell.value)))
	}
}

// add takes the cells of a row.
func (c *columns) add(cells []cell) {
	for _, cell := range cells {
		c.grow(cell.column)
		c.used[cell.column] = true
		if kind := cell.value.Kind; kind != typed.Unfit {
			c.types[cell.column], _ = typed.Join(c.types[cell.column], connector.Type{Kind: kind}) // scalars always have one
		}
	}
}

// fields are the columns that have a name or a value.
func (c *columns) fields() []field {
	var fields []field
	for i, name := range c.names {
		if name == "" && !c.used[i] {
			continue
		}
		if name == "" {
			name = fmt.Sprintf("column%d", i+1)
		}
		fields = append(fields, field{i, connector.Field{Name: name, Type: c.types[i]}})
	}
	return fields
}
