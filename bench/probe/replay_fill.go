package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/secret"
)

// Users are in teams of tenUsers, tables in namespaces of tenTables; the team of
// a number reads that namespace and the one after it.
const (
	tenUsers    = 10
	tenTables   = 100
	tablesAtOne = 50 // commit
)

func replayUser(i int) string { return fmt.Sprintf("user%04d", i) }

func replayPassword(i int) string { return fmt.Sprintf("correct horse %d battery", i) }

func replayTable(i int) ident.Table {
	return ident.Table{Namespace: fmt.Sprintf("area_%03d", i/tenTables), Name: fmt.Sprintf("facts_%05d", i)}
}

// fillReplay makes users, tables and policies in a project that has its
// databases already.
func fillReplay(ctx context.Context, dir string, users, tables int) error {
	if err := fillUsers(ctx, dir, users); err != nil {
		return err
	}
	keep := func(s objstore.Store) objstore.Store { return s }
	err := inLake(ctx, filepath.Join(dir, ".tarn"), keep, func(l *lake.Lake) error {
		for first := 0; first < tables; first += tablesAtOne {
			if err := fillTables(ctx, l, first, min(first+tablesAtOne, tables)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	policies := ""
	areas := (tables + tenTables - 1) / tenTables
	for team := range (users + tenUsers - 1) / tenUsers {
		for next := range 2 {
			policies += fmt.Sprintf("permit(principal in Group::\"team%d\", action == Action::\"select\", resource in Namespace::\"area_%03d\");\n", team, (team+next)%areas)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "policies"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "policies", "teams.cedar"), []byte(policies), 0o644)
}

// fillUsers makes users with their teams. Their passwords are hashed cheaply: who
// logs in by PostgreSQL's protocol is known by another hash.
func fillUsers(ctx context.Context, dir string, users int) (err error) {
	db, err := metadb.Open(ctx, filepath.Join(dir, ".tarn", "state.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	known, err := identity.Open(ctx, identity.Options{State: db, Cost: credential.Cost{Memory: 8, Passes: 1, Lanes: 1}})
	if err != nil {
		return err
	}
	for team := range (users + tenUsers - 1) / tenUsers {
		if err := known.Add(ctx, identity.New{Kind: identity.Group, Name: fmt.Sprintf("team%d", team)}); err != nil {
			return err
		}
	}
	var all errgroup.Group
	all.SetLimit(2)
	for i := range users {
		all.Go(func() error {
			return known.Add(ctx, identity.New{Kind: identity.User, Name: replayUser(i), Groups: []string{fmt.Sprintf("team%d", i/tenUsers)},
				Password: secret.New(replayPassword(i))})
		})
	}
	return all.Wait()
}

// fillTables commits some tables, each with a file of three rows.
func fillTables(ctx context.Context, l *lake.Lake, first, end int) error {
	var all []*lake.Candidate
	for i := first; i < end; i++ {
		name := replayTable(i)
		schema := l.AssignIDs(nil, lake.Schema{Fields: eventFields})
		s, err := l.NewStage(ctx, "probe", strconv.Itoa(i), name)
		if err != nil {
			return err
		}
		folder, err := s.MakeDataDir()
		if err != nil {
			return err
		}
		content, err := eventFile(schema, i, 0)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "rows.parquet"), content, 0o644); err != nil {
			return err
		}
		c, err := s.Build(ctx, lake.Change{Op: lake.Append, Schema: schema, Files: []lake.NewFile{{Path: s.DataPrefix() + "/rows.parquet"}}})
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	return l.Commit(ctx, all, nil)
}
