package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/run"
)

// retryable are the commands that a retry can go on with.
var retryable = []string{"ingest", "seed", "run", "snapshot", "test", "build", "run-operation", "clone"}

// Arguments of a journaled run, behind which a value stands.
const (
	fullRefreshArg = "--full-refresh"
	replayArg      = "--replay="
	requestArg     = "--request="
)

// request is what else a journaled run was asked for, for a retry.
type request struct {
	Named     string     `json:"selector,omitempty"`
	State     string     `json:"state,omitempty"`
	Indirect  string     `json:"indirect_selection,omitempty"`
	Types     []string   `json:"resource_types,omitempty"`
	Excluded  []string   `json:"exclude_resource_types,omitempty"`
	FailFast  bool       `json:"fail_fast,omitempty"`
	Empty     bool       `json:"empty,omitempty"`
	Store     bool       `json:"store_failures,omitempty"`
	Range     EventRange `json:"event_time,omitzero"`
	Sample    string     `json:"sample,omitempty"`
	Asked     time.Time  `json:"asked,omitzero"`
	Deferral  Deferral   `json:"defer,omitzero"`
	Operation *Operation `json:"operation,omitempty"`
	// IDs are what a retry has to do, as the run before left it.
	IDs []string `json:"ids,omitzero"`
}

// journaled is what the journal keeps of a request beside its selection.
func (r BuildRequest) journaled() ([]string, error) {
	var args []string
	if r.FullRefresh {
		args = append(args, fullRefreshArg)
	}
	if r.Replay != "" {
		args = append(args, replayArg+r.Replay)
	}
	text, err := json.Marshal(request{
		r.Named, r.State, r.Indirect, r.Types, r.ExcludeTypes, r.FailFast, r.Empty, r.StoreFailures, r.Range, r.Sample, r.Asked, r.Deferral, r.Operation, r.IDs,
	})
	if err != nil {
		return nil, fmt.Errorf("journal the request: %w", err)
	}
	if string(text) != "{}" {
		args = append(args, requestArg+string(text))
	}
	return args, nil
}

// adopt takes over what an earlier run was asked for.
func (r *BuildRequest) adopt(last run.Run) error {
	r.Select, r.Exclude, r.Clone, r.Asked = last.Select, last.Exclude, last.Command == "clone", last.Started
	for _, arg := range last.Args {
		if arg == fullRefreshArg {
			r.FullRefresh = true
		}
		if replay, ok := strings.CutPrefix(arg, replayArg); ok {
			r.Replay = replay
		}
		text, ok := strings.CutPrefix(arg, requestArg)
		if !ok {
			continue
		}
		var was request
		if err := json.Unmarshal([]byte(text), &was); err != nil {
			return fmt.Errorf("what run %s was asked for: %w", last.ID, err)
		}
		r.Named, r.State, r.Indirect, r.Types, r.ExcludeTypes = was.Named, was.State, was.Indirect, was.Types, was.Excluded
		r.Empty, r.Range, r.Deferral, r.Operation, r.IDs = was.Empty, was.Range, was.Deferral, was.Operation, was.IDs
		r.Sample = was.Sample
		if !was.Asked.IsZero() {
			r.Asked = was.Asked // itself a retry
		}
		r.FailFast, r.StoreFailures = r.FailFast || was.FailFast, was.Store
	}
	return nil
}
