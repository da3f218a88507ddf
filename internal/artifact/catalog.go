package artifact

// Catalog is catalog.json: what the resources of a project look like as tables.
type Catalog struct {
	Metadata Metadata                `json:"metadata"`
	Nodes    map[string]CatalogTable `json:"nodes"`
	Sources  map[string]CatalogTable `json:"sources"`
	Errors   []string                `json:"errors"`
}

// CatalogTable is a table or view.
type CatalogTable struct {
	Metadata TableMetadata           `json:"metadata"`
	Columns  map[string]TableColumn  `json:"columns"`
	Stats    map[string]TableMeasure `json:"stats"`
	UniqueID string                  `json:"unique_id"`
}

// TableMetadata is what it is. Type is BASE TABLE or VIEW.
type TableMetadata struct {
	Type     string  `json:"type"`
	Schema   string  `json:"schema"`
	Name     string  `json:"name"`
	Database string  `json:"database"`
	Comment  *string `json:"comment"`
	Owner    *string `json:"owner"`
}

// TableColumn is a column; Index counts from 1.
type TableColumn struct {
	Type    string  `json:"type"`
	Index   int     `json:"index"`
	Name    string  `json:"name"`
	Comment *string `json:"comment"`
}

// TableMeasure is a figure about a table.
type TableMeasure struct {
	ID          string `json:"id"`
	Label       string `json:"label"`
	Value       any    `json:"value"`
	Include     bool   `json:"include"`
	Description string `json:"description"`
}

// NewTable describes a table or view for a catalog.
func NewTable(id string, m TableMetadata, columns []TableColumn, measures ...TableMeasure) CatalogTable {
	t := CatalogTable{Metadata: m, Columns: map[string]TableColumn{}, Stats: map[string]TableMeasure{}, UniqueID: id}
	for _, c := range columns {
		t.Columns[c.Name] = c
	}
	has := TableMeasure{ID: "has_stats", Label: "Has Stats?", Value: len(measures) > 0, Description: "whether there are figures about this table"}
	t.Stats[has.ID] = has
	for _, s := range measures {
		t.Stats[s.ID] = s
	}
	return t
}

// NewCatalog makes catalog.json of tables by unique id.
func NewCatalog(i Invocation, nodes, sources map[string]CatalogTable, problems []string) *Catalog {
	return &Catalog{Metadata: i.metadata(catalogSchema), Nodes: nodes, Sources: sources, Errors: problems}
}
