package redistest

import (
	"errors"
	"testing"
	"time"
)

// A Trouble is one thing that happens to a server, with the time that passes
// until the next one.
type Trouble func(*Server) error

// Asked is a command that somebody gives, such as "CLIENT", "KILL", "TYPE",
// "normal", and what follows it until the next trouble.
func Asked(then time.Duration, args ...any) Trouble {
	return func(s *Server) error {
		_, err := s.Do(args...)
		<-time.After(then)
		return err
	}
}

// Paused is a server that answers nobody for a time, and then does again.
func Paused(lasts, then time.Duration) Trouble {
	return func(s *Server) error {
		err := s.Pause()
		<-time.After(lasts)
		err = errors.Join(err, s.Cont())
		<-time.After(then)
		return err
	}
}

// Down is a server that is killed, and started again after a time.
func Down(lasts, then time.Duration) Trouble {
	return func(s *Server) error {
		s.Kill()
		<-time.After(lasts)
		err := s.Again()
		<-time.After(then)
		return err
	}
}

// Suffer lets each trouble happen once, in order.
func (s *Server) Suffer(t testing.TB, all []Trouble) {
	t.Helper()
	for _, trouble := range all {
		if err := trouble(s); err != nil {
			t.Error(err)
		}
	}
}
