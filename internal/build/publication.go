package build

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// commit is one catalog transaction: pointers, ledgers, accounts, and the
// record of what was published.
func (x *execution) commit(ctx context.Context, all []*made) error {
	p := lake.Publication{Tags: map[string][]string{}}
	for _, m := range all {
		p.Candidates = append(p.Candidates, m.Candidates...)
		p.Drops = append(p.Drops, m.Drops...)
		p.Namespaces = append(p.Namespaces, m.Namespaces...)
		p.Gone = append(p.Gone, m.Gone...)
		maps.Copy(p.Tags, x.tags(m))
	}
	return x.Lake.Publish(ctx, p, func(tx metadb.Tx) error {
		if err := x.active.Fence(ctx, tx); err != nil {
			return err
		}
		for _, m := range all {
			if m.save != nil {
				if err := m.save(ctx, tx); err != nil {
					return err
				}
			}
			if err := x.record(ctx, tx, m); err != nil {
				return fmt.Errorf("record the publication of %s: %w", m.resource.Name, err)
			}
		}
		return nil
	})
}

// tags are those that policies know what m publishes by, and the resource itself, of
// which there may be nothing new. What was kept when the run began need not be said
// again: nobody else changes it, as runs have the lake to themselves. Somebody
// else's catalog keeps none.
func (x *execution) tags(m *made) map[string][]string {
	before := x.Lake.Tags()
	if before == nil {
		return nil
	}
	names := []ident.Table{m.resource.Relation}
	for _, c := range m.Candidates {
		names = append(names, c.Name)
	}
	changed := map[string][]string{}
	for _, n := range names {
		key, own, known := x.Tags(n)
		if kept, _ := before.Of(key); known && !slices.Equal(kept, own) {
			changed[key] = own
		}
	}
	return changed
}

// record notes what of m is published by the transaction.
func (x *execution) record(ctx context.Context, tx metadb.Tx, m *made) error {
	for _, c := range m.Candidates {
		if _, err := tx.Exec(ctx, `INSERT INTO tarn_publication (run, resource, namespace, table_name, location, published_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (run, resource, namespace, table_name) DO UPDATE SET location = excluded.location, published_at = excluded.published_at`,
			x.run, m.resource.ID, c.Name.Namespace, c.Name.Name, c.Location, now().UnixMicro()); err != nil {
			return err
		}
	}
	if len(m.details.Batches) == 0 {
		return nil
	}
	batches, err := json.Marshal(m.details.Batches)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO tarn_publication_batches (run, resource, batches) VALUES (?, ?, ?)
		ON CONFLICT (run, resource) DO UPDATE SET batches = excluded.batches`, x.run, m.resource.ID, string(batches))
	return err
}

// Published returns the resources that a run has published, whatever its
// journal says: of those in batches with how these ended.
func Published(ctx context.Context, db *metadb.DB, runID string) (map[string][]Batch, error) {
	var published map[string][]Batch
	err := db.View(ctx, func(tx metadb.Tx) error {
		published = map[string][]Batch{}
		rows, err := tx.Query(ctx, `SELECT DISTINCT p.resource, coalesce(b.batches, 'null') FROM tarn_publication AS p
			LEFT JOIN tarn_publication_batches AS b ON b.run = p.run AND b.resource = p.resource WHERE p.run = ?`, runID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, text string
			if err := rows.Scan(&id, &text); err != nil {
				return err
			}
			var batches []Batch
			if err := json.Unmarshal([]byte(text), &batches); err != nil {
				return fmt.Errorf("the batches of %s: %w", id, err)
			}
			published[id] = batches
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what the run %s published: %w", runID, err)
	}
	return published, nil
}
