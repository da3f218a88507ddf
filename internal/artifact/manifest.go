package artifact

// Manifest is manifest.json.
type Manifest struct {
	Metadata ManifestMetadata `json:"metadata"`
	// Nodes are ModelNodes, SeedNodes, SQLNodes, TestNodes and OperationNodes.
	Nodes          map[string]any        `json:"nodes"`
	Sources        map[string]SourceNode `json:"sources"`
	Macros         map[string]MacroNode  `json:"macros"`
	Docs           map[string]DocNode    `json:"docs"`
	Exposures      map[string]any        `json:"exposures"`
	Metrics        map[string]any        `json:"metrics"`
	Groups         map[string]any        `json:"groups"`
	Selectors      map[string]any        `json:"selectors"`
	Disabled       map[string][]any      `json:"disabled"`
	ParentMap      map[string][]string   `json:"parent_map"`
	ChildMap       map[string][]string   `json:"child_map"`
	GroupMap       map[string][]string   `json:"group_map"`
	SavedQueries   map[string]any        `json:"saved_queries"`
	SemanticModels map[string]any        `json:"semantic_models"`
	UnitTests      map[string]any        `json:"unit_tests"`
	Functions      map[string]any        `json:"functions"`
}

// ManifestMetadata is what a manifest says about itself.
type ManifestMetadata struct {
	Metadata
	ProjectName        string         `json:"project_name"`
	ProjectID          string         `json:"project_id"`
	UserID             *string        `json:"user_id"`
	SendAnonymousStats bool           `json:"send_anonymous_usage_stats"`
	AdapterType        string         `json:"adapter_type"`
	Quoting            map[string]any `json:"quoting"`
	RunStartedAt       *string        `json:"run_started_at"`
}
