package lake

import (
	"encoding/json"
	"fmt"

	"github.com/apache/iceberg-go/view"

	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
)

// newView is a view that the other side makes, where it wants it.
func (c outsideChange) newView() (restcatalog.View, error) {
	meta := c.next.view
	out := restcatalog.View{Name: c.name, Properties: meta.Properties()}
	var err error
	if out.Schema, err = json.Marshal(meta.CurrentSchema()); err != nil {
		return out, fmt.Errorf("write the columns of %s: %w", c.name, err)
	}
	if out.Version, err = json.Marshal(meta.CurrentVersion()); err != nil {
		return out, fmt.Errorf("write the statement of %s: %w", c.name, err)
	}
	return out, nil
}

// viewChange says what leads from one version of a view to the next.
func (c outsideChange) viewChange() (restcatalog.Change, error) {
	before, after := c.base.view, c.next.view
	out := restcatalog.Change{Name: c.name}
	requirement, err := json.Marshal(view.AssertViewUUID(before.ViewUUID()))
	if err != nil {
		return out, fmt.Errorf("write the requirements of %s: %w", c.name, err)
	}
	out.Requirements = []json.RawMessage{requirement}
	var updates []any
	set, unset := differences(before.Properties(), after.Properties())
	if len(set) > 0 {
		updates = append(updates, view.NewSetPropertiesUpdate(set))
	}
	if len(unset) > 0 {
		updates = append(updates, view.NewRemovePropertiesUpdate(unset))
	}
	if after.CurrentVersionID() != before.CurrentVersionID() {
		version := *after.CurrentVersion()
		if _, known := before.SchemasByID()[version.SchemaID]; !known {
			updates = append(updates, view.NewAddSchemaUpdate(after.CurrentSchema()))
			version.SchemaID = view.LastAddedID
		}
		updates = append(updates, view.NewAddViewVersionUpdate(&version), view.NewSetCurrentVersionUpdate(view.LastAddedID))
	}
	for _, one := range updates {
		text, err := json.Marshal(one)
		if err != nil {
			return out, fmt.Errorf("write the changes of %s: %w", c.name, err)
		}
		out.Updates = append(out.Updates, text)
	}
	return out, nil
}
