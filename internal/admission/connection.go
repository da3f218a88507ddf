package admission

// Connect lets a client be connected, until disconnect is called. An error is a
// [Refusal].
func (q *Queue) Connect(who Who) (disconnect func(), err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	shares := q.shares(who)
	for _, s := range shares {
		if s.limit.Connections > 0 && s.connections >= s.limit.Connections {
			q.refused[TooManyConnections]++
			q.forget(shares)
			return nil, crowded(s)
		}
	}
	for _, s := range shares {
		s.connections++
	}
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, s := range shares {
			s.connections--
		}
		q.forget(shares)
	}, nil
}
