//go:build !linux

package local

import "os"

func openWhole(string) *os.File { return nil }

func (s *Store) syncWhole([]string) error { return errApart }
