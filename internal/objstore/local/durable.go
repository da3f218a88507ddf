package local

import (
	"path/filepath"
	"strings"
)

// place is a folder below the root, or the root.
type place struct {
	// durable: this process has synced the folder's own entry.
	durable bool
	below   map[string]*place
}

// at returns the place of a folder below the root; nil is that nothing is known
// of it, unless it is to be made.
func (s *Store) at(folder string, make bool) *place {
	p := &s.places
	for part := range strings.SplitSeq(strings.TrimPrefix(folder[len(s.root):], separator), separator) {
		next := p.below[part]
		if next == nil {
			if !make {
				return nil
			}
			if p.below == nil {
				p.below = map[string]*place{}
			}
			next = &place{}
			p.below[part] = next
		}
		p = next
	}
	return p
}

const separator = string(filepath.Separator)

// isDurable reports whether this process has synced the entry of a folder. The
// caller holds mu, as those of the others do.
func (s *Store) isDurable(folder string) bool {
	p := s.at(folder, false)
	return p != nil && p.durable
}

func (s *Store) setDurable(folder string, durable bool) {
	if p := s.at(folder, durable); p != nil {
		p.durable = durable
	}
}

// forget makes the next sync of what is below a folder sync its folders anew.
func (s *Store) forget(folder string) {
	if parent := filepath.Dir(folder); parent == s.root {
		delete(s.places.below, filepath.Base(folder))
	} else if p := s.at(parent, false); p != nil {
		delete(p.below, filepath.Base(folder))
	}
}
