package redistest

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth/hub/freeport"
)

// busPort is how far a cluster's own port lies above the server's.
const busPort = 10000

// Cluster starts n servers that share the slots; they end with the test. Any
// one's URL leads to all.
func Cluster(t testing.TB, n int) []*Server {
	t.Helper()
	servers := make([]*Server, n)
	for i := range servers {
		servers[i] = Start(t, Options{member: true})
	}
	if err := form(servers); err != nil {
		t.Fatalf("form a cluster: %v", err)
	}
	return servers
}

func form(servers []*Server) error {
	const slots = 16384
	for i, s := range servers {
		if _, err := s.Do("CLUSTER", "ADDSLOTSRANGE", i*slots/len(servers), (i+1)*slots/len(servers)-1); err != nil {
			return err
		}
		// Different epochs keep two nodes from claiming the same one.
		if _, err := s.Do("CLUSTER", "SET-CONFIG-EPOCH", i+1); err != nil {
			return err
		}
	}
	for _, s := range servers[1:] {
		if _, err := servers[0].Do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(s.port)); err != nil {
			return err
		}
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); <-tick.C {
		formed := 0
		for _, s := range servers {
			whole, err := s.whole(len(servers))
			if err != nil {
				return err
			}
			if whole {
				formed++
			}
		}
		if formed == len(servers) {
			return nil
		}
	}
	return errors.New("its nodes do not agree")
}

// whole says whether a server takes the cluster for complete and has a link to each
// other: what is published at it goes to those only that it has a link to.
func (s *Server) whole(servers int) (bool, error) {
	info, err := s.Do("CLUSTER", "INFO")
	if err != nil {
		return false, err
	}
	nodes, err := s.Do("CLUSTER", "NODES")
	if err != nil {
		return false, err
	}
	said := fmt.Sprint(nodes)
	return strings.Contains(fmt.Sprint(info), "cluster_state:ok") && strings.Count(said, " connected ") == servers && !strings.Contains(said, "handshake"), nil
}

// freeBusPort is a free port whose bus port is free too.
func freeBusPort() (int, error) {
	for range 100 {
		port, err := freeport.Pick()
		if err != nil {
			return 0, err
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+busPort)))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, errors.New("no port is free whose bus port is free too")
}
