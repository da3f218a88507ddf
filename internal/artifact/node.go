package artifact

// Node is what every resource of a manifest's nodes has.
type Node struct {
	Database         string         `json:"database"`
	Schema           string         `json:"schema"`
	Name             string         `json:"name"`
	ResourceType     string         `json:"resource_type"`
	PackageName      string         `json:"package_name"`
	Path             string         `json:"path"`
	OriginalFilePath string         `json:"original_file_path"`
	UniqueID         string         `json:"unique_id"`
	FQN              []string       `json:"fqn"`
	Alias            string         `json:"alias"`
	Checksum         Checksum       `json:"checksum"`
	Config           map[string]any `json:"config"`
	Tags             []string       `json:"tags"`
	Description      string         `json:"description"`
	// Columns has each [Column] by its name, in the order of their declaration.
	Columns          Fields         `json:"columns"`
	Meta             map[string]any `json:"meta"`
	Group            *string        `json:"group"`
	Docs             Docs           `json:"docs"`
	PatchPath        *string        `json:"patch_path"`
	BuildPath        *string        `json:"build_path"`
	UnrenderedConfig map[string]any `json:"unrendered_config"`
	// CreatedAt is in seconds since 1970.
	CreatedAt    float64  `json:"created_at"`
	RelationName *string  `json:"relation_name"`
	RawCode      string   `json:"raw_code"`
	DocBlocks    []string `json:"doc_blocks"`
}

// Checksum is that of a file.
type Checksum struct {
	Name     string `json:"name"`
	Checksum string `json:"checksum"`
}

// Docs says how documentation shows a resource.
type Docs struct {
	Show      bool    `json:"show"`
	NodeColor *string `json:"node_color"`
}

// Column is a column as it was declared.
type Column struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Meta        map[string]any `json:"meta"`
	DataType    *string        `json:"data_type"`
	Constraints []Constraint   `json:"constraints"`
	Quote       *bool          `json:"quote"`
	Config      map[string]any `json:"config"`
	Tags        []string       `json:"tags"`
	Granularity *string        `json:"granularity"`
	DocBlocks   []string       `json:"doc_blocks"`
}

// Constraint is one that a contract declares; those of a model have columns.
type Constraint struct {
	Type            string   `json:"type"`
	Name            *string  `json:"name"`
	Expression      *string  `json:"expression"`
	WarnUnenforced  bool     `json:"warn_unenforced"`
	WarnUnsupported bool     `json:"warn_unsupported"`
	To              *string  `json:"to"`
	ToColumns       []string `json:"to_columns"`
	Columns         []string `json:"columns,omitempty"`
}

// DependsOn are the unique ids that a resource needs.
type DependsOn struct {
	Macros []string `json:"macros"`
	Nodes  []string `json:"nodes"`
}

// Ref is a call of ref.
type Ref struct {
	Name    string  `json:"name"`
	Package *string `json:"package"`
	Version any     `json:"version"`
}

// Contract is what a model promises of its columns.
type Contract struct {
	Enforced   bool    `json:"enforced"`
	AliasTypes bool    `json:"alias_types"`
	Checksum   *string `json:"checksum"`
}

// Compiled is what resources that are SQL have beside [Node].
type Compiled struct {
	Language          string     `json:"language"`
	Refs              []Ref      `json:"refs"`
	Sources           [][]string `json:"sources"`
	Metrics           [][]string `json:"metrics"`
	Functions         [][]string `json:"functions"`
	DependsOn         DependsOn  `json:"depends_on"`
	CompiledPath      *string    `json:"compiled_path"`
	Compiled          bool       `json:"compiled"`
	CompiledCode      *string    `json:"compiled_code,omitempty"`
	ExtraCTEsInjected bool       `json:"extra_ctes_injected"`
	ExtraCTEs         []any      `json:"extra_ctes"`
	Contract          Contract   `json:"contract"`
}

// ModelNode is a model.
type ModelNode struct {
	Node
	Compiled
	Access          string       `json:"access"`
	Constraints     []Constraint `json:"constraints"`
	Version         any          `json:"version"`
	LatestVersion   any          `json:"latest_version"`
	DeprecationDate *string      `json:"deprecation_date"`
	PrimaryKey      []string     `json:"primary_key"`
	TimeSpine       any          `json:"time_spine"`
}

// SQLNode is a snapshot, an analysis or a test that is a file of its own.
type SQLNode struct {
	Node
	Compiled
}

// SeedNode is a seed.
type SeedNode struct {
	Node
	RootPath  string   `json:"root_path"`
	DependsOn MacroIDs `json:"depends_on"`
}

// MacroIDs are the macros that a seed or a macro needs.
type MacroIDs struct {
	Macros []string `json:"macros"`
}

// TestNode is a generic test.
type TestNode struct {
	Node
	Compiled
	ColumnName   *string      `json:"column_name"`
	FileKeyName  *string      `json:"file_key_name"`
	AttachedNode *string      `json:"attached_node"`
	TestMetadata TestMetadata `json:"test_metadata"`
}

// TestMetadata is what a generic test was declared as.
type TestMetadata struct {
	Name      string         `json:"name"`
	Kwargs    map[string]any `json:"kwargs"`
	Namespace *string        `json:"namespace"`
}

// OperationNode is a hook around a run.
type OperationNode struct {
	Node
	Compiled
	Index *int `json:"index"`
}

// SourceNode is a table of a source.
type SourceNode struct {
	Database          string         `json:"database"`
	Schema            string         `json:"schema"`
	Name              string         `json:"name"`
	ResourceType      string         `json:"resource_type"`
	PackageName       string         `json:"package_name"`
	Path              string         `json:"path"`
	OriginalFilePath  string         `json:"original_file_path"`
	UniqueID          string         `json:"unique_id"`
	FQN               []string       `json:"fqn"`
	SourceName        string         `json:"source_name"`
	SourceDescription string         `json:"source_description"`
	Loader            string         `json:"loader"`
	Identifier        string         `json:"identifier"`
	Quoting           map[string]any `json:"quoting"`
	LoadedAtField     *string        `json:"loaded_at_field"`
	LoadedAtQuery     *string        `json:"loaded_at_query"`
	Freshness         any            `json:"freshness"`
	External          any            `json:"external"`
	Description       string         `json:"description"`
	Columns           Fields         `json:"columns"`
	Meta              map[string]any `json:"meta"`
	SourceMeta        map[string]any `json:"source_meta"`
	Tags              []string       `json:"tags"`
	Config            map[string]any `json:"config"`
	PatchPath         *string        `json:"patch_path"`
	UnrenderedConfig  map[string]any `json:"unrendered_config"`
	RelationName      *string        `json:"relation_name"`
	CreatedAt         float64        `json:"created_at"`
	UnrenderedDB      *string        `json:"unrendered_database"`
	UnrenderedSchema  *string        `json:"unrendered_schema"`
	DocBlocks         []string       `json:"doc_blocks"`
}

// MacroNode is a macro.
type MacroNode struct {
	Name               string          `json:"name"`
	ResourceType       string          `json:"resource_type"`
	PackageName        string          `json:"package_name"`
	Path               string          `json:"path"`
	OriginalFilePath   string          `json:"original_file_path"`
	UniqueID           string          `json:"unique_id"`
	MacroSQL           string          `json:"macro_sql"`
	DependsOn          MacroIDs        `json:"depends_on"`
	Description        string          `json:"description"`
	Meta               map[string]any  `json:"meta"`
	Docs               Docs            `json:"docs"`
	Config             map[string]any  `json:"config"`
	PatchPath          *string         `json:"patch_path"`
	Arguments          []MacroArgument `json:"arguments"`
	CreatedAt          float64         `json:"created_at"`
	SupportedLanguages []string        `json:"supported_languages"`
}

// MacroArgument is a parameter as it was documented.
type MacroArgument struct {
	Name        string  `json:"name"`
	Type        *string `json:"type"`
	Description string  `json:"description"`
}

// DocNode is a docs block.
type DocNode struct {
	Name             string `json:"name"`
	ResourceType     string `json:"resource_type"`
	PackageName      string `json:"package_name"`
	Path             string `json:"path"`
	OriginalFilePath string `json:"original_file_path"`
	UniqueID         string `json:"unique_id"`
	BlockContents    string `json:"block_contents"`
}
