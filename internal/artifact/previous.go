package artifact

import (
	"encoding/json"
	"reflect"
)

// Previous is the manifest of an earlier invocation, as far as it is compared.
type Previous struct {
	Nodes     map[string]PreviousNode `json:"nodes"`
	Sources   map[string]PreviousNode `json:"sources"`
	Exposures map[string]PreviousNode `json:"exposures"`
	Metrics   map[string]PreviousNode `json:"metrics"`
	UnitTests map[string]PreviousNode `json:"unit_tests"`
	Macros    map[string]PreviousNode `json:"macros"`
	// Disabled are those that are switched off, by what would be their id.
	Disabled map[string][]PreviousNode `json:"disabled"`
}

// PreviousNode is a resource of any kind.
type PreviousNode struct {
	ResourceType     string            `json:"resource_type"`
	Name             string            `json:"name"`
	Database         *string           `json:"database"`
	Schema           string            `json:"schema"`
	Alias            string            `json:"alias"`
	Identifier       string            `json:"identifier"`
	RelationName     *string           `json:"relation_name"`
	FQN              []string          `json:"fqn"`
	OriginalFilePath string            `json:"original_file_path"`
	RawCode          string            `json:"raw_code"`
	MacroSQL         string            `json:"macro_sql"`
	Checksum         json.RawMessage   `json:"checksum"`
	Config           map[string]any    `json:"config"`
	UnrenderedConfig map[string]any    `json:"unrendered_config"`
	Description      string            `json:"description"`
	Columns          map[string]Column `json:"columns"`
	DependsOn        DependsOn         `json:"depends_on"`
	Contract         Contract          `json:"contract"`
	Constraints      []Constraint      `json:"constraints"`
	Access           string            `json:"access"`
	Version          any               `json:"version"`
	LatestVersion    any               `json:"latest_version"`
	DeprecationDate  *string           `json:"deprecation_date"`
	Freshness        any               `json:"freshness"`
	LoadedAtField    *string           `json:"loaded_at_field"`
	Quoting          map[string]any    `json:"quoting"`
	External         any               `json:"external"`
	Type             any               `json:"type"`
	TypeParams       any               `json:"type_params"`
	Owner            any               `json:"owner"`
	Label            *string           `json:"label"`
	Maturity         *string           `json:"maturity"`
	URL              *string           `json:"url"`
}

// ReadManifest reads manifest.json in a folder.
func ReadManifest(dir string) (*Previous, error) {
	p := &Previous{}
	return p, read(dir, ManifestFile, "manifest", 7, 12, p)
}

// previous turns a manifest into the shape that is compared.
func (m *Manifest) previous() (*Previous, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	p := &Previous{}
	return p, json.Unmarshal(text, p)
}

// Node returns the resource with the given unique id.
func (p *Previous) Node(id string) (PreviousNode, bool) {
	for _, of := range []map[string]PreviousNode{p.Nodes, p.Sources, p.Exposures, p.Metrics, p.UnitTests} {
		if n, ok := of[id]; ok {
			return n, true
		}
	}
	return PreviousNode{}, false
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// sameBody compares what a resource says; of a seed, that is its rows.
func (n PreviousNode) sameBody(old PreviousNode) bool {
	if n.ResourceType == "seed" {
		return same(compact(n.Checksum), compact(old.Checksum))
	}
	return n.RawCode == old.RawCode
}

// compact is JSON as the values that it means.
func compact(text json.RawMessage) any {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return string(text)
	}
	return v
}

// sameConfig compares the settings as they were written.
func (n PreviousNode) sameConfig(old PreviousNode) bool {
	if len(n.UnrenderedConfig) == 0 && len(old.UnrenderedConfig) == 0 {
		return true
	}
	return same(n.UnrenderedConfig, old.UnrenderedConfig)
}

// sameRelation compares where a resource is stored, as it was written.
func (n PreviousNode) sameRelation(old PreviousNode) bool {
	if n.ResourceType == "source" {
		return same(n.Database, old.Database) && n.Schema == old.Schema && n.Identifier == old.Identifier
	}
	for _, key := range []string{"database", "schema", "alias"} {
		if !same(n.UnrenderedConfig[key], old.UnrenderedConfig[key]) {
			return false
		}
	}
	return true
}

// sameDescriptions compares the descriptions that are kept with the table.
func (n PreviousNode) sameDescriptions(old PreviousNode) bool {
	persist, _ := n.Config["persist_docs"].(map[string]any)
	if on, _ := persist["relation"].(bool); on && n.Description != old.Description {
		return false
	}
	if on, _ := persist["columns"].(bool); !on {
		return true
	}
	return same(descriptions(n), descriptions(old))
}

func descriptions(n PreviousNode) map[string]string {
	out := map[string]string{}
	for name, c := range n.Columns {
		out[name] = c.Description
	}
	return out
}

// sameContract compares what a model promises.
func (n PreviousNode) sameContract(old PreviousNode) bool {
	if !n.Contract.Enforced && !old.Contract.Enforced {
		return true
	}
	return n.Contract.Enforced && old.Contract.Enforced && same(n.Contract.Checksum, old.Contract.Checksum)
}

// sameContents compares all that makes a resource what it is.
func (n PreviousNode) sameContents(old PreviousNode) bool {
	if !same(n.FQN, old.FQN) || !n.sameConfig(old) {
		return false
	}
	switch n.ResourceType {
	case "source":
		return n.sameRelation(old) && same(n.Quoting, old.Quoting) && same(n.Freshness, old.Freshness) &&
			same(n.LoadedAtField, old.LoadedAtField) && same(n.External, old.External)
	case "exposure":
		return same(n.Type, old.Type) && same(n.Owner, old.Owner) && same(n.Maturity, old.Maturity) && same(n.URL, old.URL) &&
			n.Description == old.Description && same(n.Label, old.Label) && same(n.DependsOn.Nodes, old.DependsOn.Nodes)
	case "metric":
		return same(n.Type, old.Type) && same(n.TypeParams, old.TypeParams) && n.Description == old.Description && same(n.Label, old.Label)
	case "unit_test":
		return same(compact(n.Checksum), compact(old.Checksum))
	}
	if n.isGenericTest() {
		return true
	}
	sameRefs := n.ResourceType != "model" || same(n.LatestVersion, old.LatestVersion) && n.Access == old.Access && same(n.DeprecationDate, old.DeprecationDate)
	return n.sameBody(old) && n.sameDescriptions(old) && n.sameRelation(old) && n.sameContract(old) && sameRefs
}

// isGenericTest tells tests that were declared on a resource from those that
// are a file.
func (n PreviousNode) isGenericTest() bool {
	checksum, _ := compact(n.Checksum).(map[string]any)
	return n.ResourceType == "test" && checksum["name"] == "none"
}
