package remote

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// sayAgain is how often a refusal is logged while it lasts.
const sayAgain = time.Minute

// dial connects to a server of any kind. The first time it reaches one, it sees
// that a stranger would be asked for a password: a replica that became master
// and a new node of a cluster are looked at like the first server.
func (r *Redis) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if !r.open && !r.isGuarded(addr) {
		if err := r.knock(ctx, network, addr); err != nil {
			return nil, err
		}
	}
	conn, err := r.connect(ctx, network, addr)
	if err != nil {
		r.setGuarded(addr, false) // what comes back there is looked at again
	}
	return conn, err
}

func (r *Redis) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: answersWithin, KeepAlive: 15 * time.Second}
	if r.tls == nil {
		return dialer.DialContext(ctx, network, addr)
	}
	return (&tls.Dialer{NetDialer: dialer, Config: r.tls}).DialContext(ctx, network, addr)
}

func (r *Redis) isGuarded(addr string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.guarded[addr]
}

func (r *Redis) setGuarded(addr string, is bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if is {
		r.guarded[addr] = true
	} else {
		delete(r.guarded, addr)
	}
}

// knock speaks to a server as a stranger does. Sentinels may answer: they hold
// nothing.
func (r *Redis) knock(ctx context.Context, network, addr string) error {
	conn, err := r.connect(ctx, network, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline := time.Now().Add(answersWithin)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\nROLE\r\n")); err != nil {
		return err
	}
	answer := bufio.NewReader(io.LimitReader(conn, 1<<10))
	pong, err := answer.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(pong, "+PONG") {
		r.setGuarded(addr, true)
		return nil
	}
	var role [3]string
	for i := range role {
		if role[i], err = answer.ReadString('\n'); err != nil || !strings.HasPrefix(role[0], "*") {
			break
		}
	}
	if strings.TrimSpace(role[2]) == "sentinel" {
		r.setGuarded(addr, true)
		return nil
	}
	return r.refuse(ErrNoPassword)
}

// greet looks at each new connection once it has shown its password. The answer
// to HELLO says all that matters; INFO is among the dangerous commands.
func (r *Redis) greet(ctx context.Context, conn *redis.Conn) error {
	answer, err := conn.Do(ctx, "HELLO").Result()
	if err != nil {
		return fmt.Errorf("ask Redis what it is: %w", err)
	}
	about := pairs(answer)
	major, err := strconv.Atoi(strings.SplitN(about["version"], ".", 2)[0])
	if err != nil {
		return errors.New("ask Redis what it is: it does not say its version")
	}
	switch {
	case major < 7:
		return r.refuse(ErrTooOld)
	case about["mode"] == "cluster" && !r.address.cluster:
		return r.refuse(ErrIsCluster)
	case about["mode"] == "sentinel" && r.address.master == "":
		return r.refuse(ErrIsSentinel)
	case about["mode"] == "sentinel":
		return nil // one of those that know the master
	case about["role"] == "replica" && r.address.master == "" && !r.address.cluster:
		return r.refuse(ErrIsReplica)
	case about["role"] == "replica" && r.address.master != "":
		return errors.New("reach the master of Redis: what the sentinels named is a replica by now")
	}
	r.accept()
	return nil
}

// pairs reads the answer to HELLO, a map in RESP3 and a list in RESP2.
func pairs(answer any) map[string]string {
	out := make(map[string]string)
	switch answer := answer.(type) {
	case map[any]any:
		for k, v := range answer {
			out[fmt.Sprint(k)] = fmt.Sprint(v)
		}
	case []any:
		for i := 0; i+1 < len(answer); i += 2 {
			out[fmt.Sprint(answer[i])] = fmt.Sprint(answer[i+1])
		}
	}
	return out
}

func (r *Redis) refuse(why error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = why
	if now := time.Now(); now.Sub(r.said) >= sayAgain {
		r.said = now
		r.log.Error("Redis is not used", slog.Any("err", why))
	}
	return why
}

func (r *Redis) accept() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = nil
}
