package lake

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// fewLocations are so many as are asked for one by one.
const fewLocations = 1000

// Published tells when states of tables and views became what readers see, by
// metadata location. What other programs committed is not in it.
func (l *Lake) Published(ctx context.Context) (map[string]time.Time, error) {
	times := publicationTimes{}
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		return times.read(ctx, tx, `SELECT location, min(committed_at) FROM tarn_pointer WHERE kind <> ? GROUP BY location`, dropped)
	})
	return times, published(err)
}

// PublishedAt is [Lake.Published] of some locations; others may be there.
func (l *Lake) PublishedAt(ctx context.Context, locations []string) (map[string]time.Time, error) {
	if len(locations) > fewLocations {
		return l.Published(ctx)
	}
	times := publicationTimes{}
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		for _, location := range locations {
			if err := times.read(ctx, tx, `SELECT location, min(committed_at) FROM tarn_pointer WHERE kind <> ? AND location = ? GROUP BY location`, dropped, location); err != nil {
				return err
			}
		}
		return nil
	})
	return times, published(err)
}

func published(err error) error {
	if err != nil {
		return fmt.Errorf("read when tables were published: %w", err)
	}
	return nil
}

type publicationTimes map[string]time.Time

func (times publicationTimes) read(ctx context.Context, tx metadb.Tx, query string, args ...any) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var location string
		var at int64
		if err := rows.Scan(&location, &at); err != nil {
			return err
		}
		times[location] = time.UnixMicro(at).UTC()
	}
	return rows.Err()
}
