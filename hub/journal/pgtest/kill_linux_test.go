package pgtest

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server that was killed answers nobody: a process of it that is busy does not
// outlive Kill.
func TestKillLeavesNobody(t *testing.T) {
	s := Start(t)
	dial := func() *pgx.Conn {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	conn, other := dial(), dial()
	defer conn.Close(t.Context())
	defer other.Close(t.Context())
	var pid int
	if err := conn.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "SELECT count(*) FROM generate_series(1, 5000000)")
		asked <- err
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for state := ""; state != "active"; <-tick.C {
		if err := other.QueryRow(t.Context(), "SELECT state FROM pg_stat_activity WHERE pid = $1", pid).Scan(&state); err != nil {
			t.Fatal(err)
		}
	}
	s.Kill()
	if runs(pid) {
		t.Error("a process of the server that was killed runs")
	}
	<-asked
}
