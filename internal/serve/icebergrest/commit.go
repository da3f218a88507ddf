package icebergrest

import (
	"context"
	"encoding/json"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// update is a change of one table or view.
type update struct {
	Identifier   *identifier     `json:"identifier"`
	Requirements json.RawMessage `json:"requirements"`
	Updates      json.RawMessage `json:"updates"`
}

// of makes the update one of a table; where the request names another than the
// path, nobody knows which is meant.
func (u update) of(path ident.Table) (lake.TableUpdate, error) {
	out := lake.TableUpdate{Name: path, Requirements: u.Requirements, Updates: u.Updates}
	if u.Identifier == nil {
		return out, nil
	}
	named, err := u.Identifier.table()
	if err != nil {
		return out, err
	}
	if named.Key() != path.Key() {
		return out, bad("The request names %s, its path %s", named, path)
	}
	return out, nil
}

// update reads the request of a commit to what the path names.
func (c *call) update() (lake.TableUpdate, error) {
	name, err := c.name()
	if err != nil {
		return lake.TableUpdate{}, err
	}
	var u update
	if err := c.decode(&u); err != nil {
		return lake.TableUpdate{}, err
	}
	return u.of(name)
}

func (s *Server) commitTable(ctx context.Context, c *call) (answer, error) {
	u, err := c.update()
	if err != nil {
		return answer{}, err
	}
	now, err := s.Writer.Alter(ctx, []lake.TableUpdate{u}, c.keptState(ctx))
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(now[0], false), nil
}

// commitTransaction changes several tables, all or none.
func (s *Server) commitTransaction(ctx context.Context, c *call) (answer, error) {
	updates, err := c.transaction()
	if err != nil {
		return answer{}, err
	}
	var after lake.After
	if c.key != "" {
		after = func(tx metadb.Tx, _ []*lake.Table) error { return c.keep(ctx, tx, done) }
	}
	_, err = s.Writer.Alter(ctx, updates, after)
	return done, err
}

// transaction reads the request of a commit to several tables.
func (c *call) transaction() ([]lake.TableUpdate, error) {
	var request struct {
		Changes []update `json:"table-changes"`
	}
	if err := c.decode(&request); err != nil {
		return nil, err
	}
	if len(request.Changes) == 0 {
		return nil, bad("The transaction has no table-changes")
	}
	updates := make([]lake.TableUpdate, len(request.Changes))
	for i, u := range request.Changes {
		if u.Identifier == nil {
			return nil, bad("The change %d names no table", i+1)
		}
		name, err := u.Identifier.table()
		if err != nil {
			return nil, err
		}
		updates[i] = lake.TableUpdate{Name: name, Requirements: u.Requirements, Updates: u.Updates}
	}
	return updates, nil
}

// named is a name in the namespace of the path.
func (c *call) named(name string) (ident.Table, error) {
	namespace, err := c.namespace()
	if err != nil {
		return ident.Table{}, err
	}
	return identifier{splitLevels(namespace), name}.table()
}
