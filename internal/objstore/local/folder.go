package local

import "sync"

// folder is one whose entries are being made durable. Who asks while a sync is
// under way waits for the next one, together with all others who do.
type folder struct {
	// users and asked are guarded by the store.
	users, asked int

	syncing sync.Mutex
	synced  int // how many askings a sync has begun after
}

// syncEntries makes the entries that a folder has now durable.
func (s *Store) syncEntries(path string) error {
	f, mine := s.ask(path)
	defer s.leave(path, f)
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.synced >= mine {
		return nil
	}
	s.mu.Lock()
	all := f.asked
	s.mu.Unlock()
	if err := syncPath(path); err != nil {
		return err
	}
	f.synced = all
	return nil
}

func (s *Store) ask(path string) (f *folder, number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f = s.folders[path]; f == nil {
		f = &folder{}
		s.folders[path] = f
	}
	f.users++
	f.asked++
	return f, f.asked
}

func (s *Store) leave(path string, f *folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.users--; f.users == 0 {
		delete(s.folders, path)
	}
}
