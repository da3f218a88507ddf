package pgwire

import "slices"

// choose sets a setting, and keeps what there was; nil is what it is at first.
func (s *settings) choose(name string, v *chosen) {
	newest := s.levels[len(s.levels)-1]
	if _, kept := newest[name]; !kept {
		newest[name] = s.values[name]
	}
	s.place(name, v)
}

func (s *settings) place(name string, v *chosen) {
	if s.values[name] = v; v == nil {
		delete(s.values, name)
	}
	if name == "timezone" {
		value, _ := s.get(name)
		s.zone, _ = location(value) // was checked
	}
}

// save begins a level, for a savepoint.
func (s *settings) save() { s.levels = append(s.levels, map[string]*chosen{}) }

// undo takes back what was changed in a level and those after it. It stays, the
// others are gone; 0 is all of the transaction.
func (s *settings) undo(level int) {
	for _, changes := range slices.Backward(s.levels[level:]) {
		for name, before := range changes {
			s.place(name, before)
		}
	}
	s.levels = s.levels[:level+1]
	clear(s.levels[level])
}

// fail takes back what was changed since the last savepoint, or in the whole
// transaction, as an error does.
func (s *settings) fail() { s.undo(len(s.levels) - 1) }

// release lets a level, and those after it, become part of the one before.
func (s *settings) release(level int) {
	kept := s.levels[level-1]
	for _, changes := range s.levels[level:] {
		for name, before := range changes {
			if _, earlier := kept[name]; !earlier {
				kept[name] = before
			}
		}
	}
	s.levels = s.levels[:level]
}

// commit ends the transaction: what was set for it alone is over, the rest stays.
func (s *settings) commit() {
	s.release(1)
	for name := range s.levels[0] {
		if v := s.values[name]; v != nil && v.local {
			s.place(name, &chosen{value: v.then})
		}
	}
	clear(s.levels[0])
}
