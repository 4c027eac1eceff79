package presence

import "hearth/room"

// What follows is about this node's own connections, which it knows itself.

func (r *Redis) session(id string) *mine {
	m := r.sessions[id]
	if m == nil {
		m = &mine{conns: make(map[uint64]room.SeatID)}
		r.sessions[id] = m
	}
	return m
}

func (r *Redis) tidy(id string, m *mine) {
	if len(m.conns) == 0 && !m.held {
		delete(r.sessions, id)
	}
}

func (m *mine) has(seat room.SeatID) bool {
	for _, s := range m.conns {
		if s == seat {
			return true
		}
	}
	return false
}

// add keeps a connection. known means that it was there already, others that the
// seat had one; lease is the one to write it under.
func (r *Redis) add(session string, seat room.SeatID, conn uint64) (lease string, known, others bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.session(session)
	others = m.has(seat)
	_, known = m.conns[conn]
	m.conns[conn] = seat
	return r.lease, known, others
}

// remove drops a connection. known means that it was there and this seat's,
// others that the seat has one left.
func (r *Redis) remove(session string, seat room.SeatID, conn uint64) (lease string, known, others bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.sessions[session]
	if m == nil || m.conns[conn] != seat {
		return r.lease, false, false
	}
	delete(m.conns, conn)
	others = m.has(seat)
	r.tidy(session, m)
	return r.lease, true, others
}

func (r *Redis) has(session string, seat room.SeatID) (lease string, own bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.sessions[session]
	return r.lease, m != nil && m.has(seat)
}

func (r *Redis) setHeld(session string, held bool) (lease string, changed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions[session] == nil && !held {
		return r.lease, false
	}
	m := r.session(session)
	changed = m.held != held
	m.held = held
	r.tidy(session, m)
	return r.lease, changed
}

// ownEntries are the connections of a session, as Redis keeps them, and whether
// this node holds its room.
func (r *Redis) ownEntries(lease, session string) (entries map[string]string, held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.sessions[session]
	if m == nil || lease != r.lease {
		return nil, false
	}
	entries = make(map[string]string, len(m.conns))
	for conn, seat := range m.conns {
		entries[field(lease, conn)] = r.entry(session, field(lease, conn), seat)
	}
	return entries, m.held
}
