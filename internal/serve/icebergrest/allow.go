package icebergrest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
)

// sees reports whether there is anything that who asks may do with a table or a
// namespace.
func (c *call) sees(t ident.Table) bool { return c.policies.Sees(c.asks, t) }

// allow lets a call go on that may do all of these to a table or view. One that
// may do nothing with it is told what it would be told were it not there.
func (c *call) allow(kind lake.EntryKind, t ident.Table, all ...policy.Action) error {
	for _, do := range all {
		d := c.decide(do, t)
		if d.Allowed {
			continue
		}
		if !c.sees(t) {
			return lake.NoEntry(kind, t)
		}
		// What is not there is not denied: else a name that is hidden would be told
		// from one that is free.
		if _, err := c.server.Lake.Pointer(c.request.Context(), kind, t); err != nil {
			return err
		}
		return c.denied(do, t, d)
	}
	return nil
}

// allowNamespace is allow for a namespace.
func (c *call) allowNamespace(ctx context.Context, name string, do policy.Action) error {
	d := c.decide(do, ident.Table{Namespace: name})
	if d.Allowed {
		return nil
	}
	if do == policy.Create { // whether it is there is not told either way
		return c.denied(do, ident.Table{Namespace: name}, d)
	}
	if seen, err := c.seesNamespace(ctx, name); err != nil || !seen {
		return firstOf(err, lake.NoNamespace(name))
	}
	return c.denied(do, ident.Table{Namespace: name}, d)
}

// allowNew lets a call make a table or view. Of a namespace that it does not see
// it is told that it is not there.
func (c *call) allowNew(ctx context.Context, t ident.Table) error {
	d := c.decide(policy.Create, t)
	if d.Allowed {
		return nil
	}
	if seen, err := c.seesNamespace(ctx, t.Namespace); err != nil || !seen {
		return firstOf(err, lake.NoNamespace(t.Namespace))
	}
	return c.denied(policy.Create, t, d)
}

// firstOf is the first error that is one.
func firstOf(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// denied tells why not, and what decided it, as far as who asks may know.
func (c *call) denied(do policy.Action, on ident.Table, d policy.Decision) error {
	if d.Trouble != nil {
		c.server.Logger.Error("a policy cannot be evaluated", "principal", c.asks.Principal.String(), "error", d.Trouble.Error())
	}
	c.server.Logger.Info("a request was denied", "principal", c.asks.Principal.String(), "action", string(do), "what", on.String(), "why", d.Reason())
	why := c.policies.Told(c.asks, do, on, d).Reason()
	return &problem{http.StatusForbidden, "ForbiddenException", fmt.Sprintf("%s may not %s %s: %s", c.asks.Principal, do, on, why)}
}

// seesNamespace reports whether there is anything that who asks may do with a
// namespace, or with what is in it or below it.
func (c *call) seesNamespace(ctx context.Context, name string) (bool, error) {
	if c.sees(ident.Table{Namespace: name}) {
		return true, nil
	}
	for _, kind := range []lake.EntryKind{lake.TableEntry, lake.ViewEntry} {
		one, err := c.visible(ctx, name, kind, "", 1)
		if err != nil || len(one) > 0 {
			return err == nil, err
		}
	}
	below, err := c.server.Lake.ListNamespaces(ctx, name, "", 0)
	for _, n := range below {
		if seen, err := c.seesNamespace(ctx, n); err != nil || seen {
			return seen, err
		}
	}
	return false, err
}

// visibleNamespaces are those in one, or at the top, that the call sees.
func (c *call) visibleNamespaces(ctx context.Context, parent, after string, limit int) (found []string, err error) {
	if parent != "" {
		if seen, err := c.seesNamespace(ctx, parent); err != nil || !seen {
			return nil, firstOf(err, lake.NoNamespace(parent))
		}
	}
	names, err := c.server.Lake.ListNamespaces(ctx, parent, after, 0)
	for _, n := range names {
		if limit > 0 && len(found) == limit {
			break
		}
		seen, err := c.seesNamespace(ctx, n)
		if err != nil {
			return nil, err
		}
		if seen {
			found = append(found, n)
		}
	}
	return found, err
}

// chunk is how many names are read at once to find those that a call sees.
const chunk = 1000

// visible are the names of one kind in a namespace that the call sees, as many
// as limit says; 0 is all. What comes of names that it does not see is nothing,
// not even a page that is shorter.
func (c *call) visible(ctx context.Context, namespace string, kind lake.EntryKind, after string, limit int) (found []ident.Table, err error) {
	for {
		names, err := c.server.Lake.List(ctx, namespace, kind, after, chunk)
		if err != nil {
			return nil, err
		}
		for _, t := range names {
			if !c.sees(t) {
				continue
			}
			if found = append(found, t); len(found) == limit {
				return found, nil
			}
		}
		if len(names) < chunk {
			return found, nil
		}
		after = names[len(names)-1].Name
	}
}

// allowCommit lets a call change a table in these ways.
func (c *call) allowCommit(ctx context.Context, u lake.TableUpdate) error {
	all, creates, err := actionsOf(u)
	switch {
	case err != nil:
		return err
	case creates: // what is there already is changed, whatever is said of it
		err := c.allowNew(ctx, u.Name)
		if t, findErr := c.server.Lake.Find(ctx, u.Name); err != nil || findErr != nil || t == nil {
			return firstOf(err, findErr)
		}
	}
	return c.allow(lake.TableEntry, u.Name, all...)
}

// change is what is looked at of an update.
type change struct {
	Action   string `json:"action"`
	Ref      string `json:"ref-name"`
	Of       int64  `json:"snapshot-id"`
	Snapshot *struct {
		ID      int64             `json:"snapshot-id"`
		Summary map[string]string `json:"summary"`
	} `json:"snapshot"`
}

// actionsOf are what somebody must be allowed to do who sends an update, and
// whether it makes the table. What an engine has done to rows is what it says.
func actionsOf(u lake.TableUpdate) (all []policy.Action, creates bool, err error) {
	var requirements []struct {
		Type string `json:"type"`
	}
	var changes []change
	for raw, into := range map[*json.RawMessage]any{&u.Requirements: &requirements, &u.Updates: &changes} {
		if len(*raw) == 0 {
			continue
		}
		if err := json.Unmarshal(*raw, into); err != nil {
			return nil, false, bad("The commit to %s is not what this endpoint takes: %v", u.Name, err)
		}
	}
	for _, r := range requirements {
		creates = creates || r.Type == "assert-create"
	}
	added := map[int64]bool{}
	for _, one := range changes {
		if one.Snapshot != nil {
			added[one.Snapshot.ID] = true
		}
	}
	for _, one := range changes {
		all = append(all, one.actions(added)...)
	}
	if len(all) == 0 {
		all = []policy.Action{policy.Alter}
	}
	slices.Sort(all)
	return slices.Compact(all), creates, nil
}

// mainBranch is what readers see.
const mainBranch = "main"

// rowsChange is whatever may become of rows.
var rowsChange = []policy.Action{policy.Insert, policy.Update, policy.Delete}

func (one change) actions(added map[int64]bool) []policy.Action {
	switch one.Action {
	case "add-snapshot":
		if one.Snapshot == nil {
			return rowsChange
		}
		switch one.Snapshot.Summary["operation"] {
		case "append":
			return []policy.Action{policy.Insert}
		case "delete":
			return []policy.Action{policy.Delete}
		case "replace":
			return []policy.Action{policy.Maintain}
		}
		return rowsChange
	case "set-snapshot-ref":
		switch {
		case added[one.Of]:
			return nil
		case one.Ref == mainBranch: // back to other rows
			return rowsChange
		}
		return []policy.Action{policy.Alter}
	case "remove-snapshots", "set-statistics", "remove-statistics", "set-partition-statistics", "remove-partition-statistics",
		"remove-schemas", "remove-partition-specs":
		return []policy.Action{policy.Maintain}
	case "remove-snapshot-ref":
		if one.Ref == mainBranch {
			return rowsChange
		}
	}
	return []policy.Action{policy.Alter}
}
