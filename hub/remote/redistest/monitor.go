package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// A Monitor hears every command that a server carries out, as MONITOR shows it.
type Monitor struct {
	conn net.Conn
	done chan struct{}

	mu    sync.Mutex
	lines []string
}

// Monitor begins to listen.
func (s *Server) Monitor() (*Monitor, error) {
	conn, err := net.DialTimeout("tcp", s.Addr(), startWithin)
	if err != nil {
		return nil, err
	}
	m := &Monitor{conn: conn, done: make(chan struct{})}
	if err := m.begin(s.o.Password); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return m, nil
}

func (m *Monitor) begin(password string) error {
	if err := m.conn.SetDeadline(time.Now().Add(startWithin)); err != nil {
		return err
	}
	in := bufio.NewReaderSize(m.conn, 64<<10)
	asked := []string{"MONITOR"}
	if password != "" {
		asked = []string{"AUTH " + password, "MONITOR"}
	}
	for _, command := range asked {
		if _, err := fmt.Fprintf(m.conn, "%s\r\n", command); err != nil {
			return err
		}
		answer, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.HasPrefix(answer, "+OK") {
			return fmt.Errorf("begin to listen: %s", strings.TrimSpace(answer))
		}
	}
	if err := m.conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	go m.listen(in)
	return nil
}

func (m *Monitor) listen(in *bufio.Reader) {
	defer close(m.done)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		m.mu.Lock()
		m.lines = append(m.lines, strings.TrimSpace(line))
		m.mu.Unlock()
	}
}

// Lines are the commands heard so far, one a line.
func (m *Monitor) Lines() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.lines...)
}

// Settle waits until everything that was carried out before it has been heard.
func (m *Monitor) Settle(s *Server) error {
	mark := fmt.Sprintf("settled-%d", time.Now().UnixNano())
	if _, err := s.Do("ECHO", mark); err != nil {
		return err
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); <-tick.C {
		for _, line := range m.Lines() {
			if strings.Contains(line, mark) {
				return nil
			}
		}
	}
	return errors.New("what Redis carries out is not heard")
}

// Close ends the listening and gives what was heard.
func (m *Monitor) Close() []string {
	_ = m.conn.Close()
	<-m.done
	return m.Lines()
}
