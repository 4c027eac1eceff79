package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// How long Redis may take. Callers that must not wait bring a context that ends
// sooner.
const (
	answersWithin = time.Second
	openWithin    = 3 * time.Second
)

// pool is how many connections a node keeps to each Redis at most. A connection
// is busy for a tenth of a millisecond at a time.
const pool = 16

// Options say which Redis and how it is checked.
type Options struct {
	// URL is redis://[user[:password]@]host[:port][/db], or rediss:// for TLS.
	// Several hosts are parted by commas: with ?master_name=x they are the
	// sentinels of that master, with ?cluster=true nodes of a Redis Cluster.
	// ?ca_file=… names who vouches for the certificate.
	URL string
	// AllowNoPassword lets a Redis be used that answers without a password. Never
	// with people: whoever reaches it can disturb every room (A33).
	AllowNoPassword bool
	// Log hears when Redis is refused or out of reach; nil means nobody does.
	Log *slog.Logger
}

// Why a Redis that answers is not used.
var (
	ErrNoPassword = errors.New("this Redis answers without a password, so that whoever reaches it can disturb every room: set requirepass or an ACL user and write the password into the address")
	ErrTooOld     = errors.New("this Redis is older than 7.0, which hearth needs")
	ErrIsCluster  = errors.New("this Redis is a node of a Redis Cluster: add ?cluster=true to the address")
	ErrIsSentinel = errors.New("this is a sentinel and not a Redis: add ?master_name=… to the address")
	ErrIsReplica  = errors.New("this Redis is a replica, which takes no writes: name its master, or its sentinels and ?master_name=…")
)

// A Redis is a client of one, checked. Safe for use by many goroutines.
type Redis struct {
	address address
	client  redis.UniversalClient
	log     *slog.Logger
	open    bool // may answer without a password
	tls     *tls.Config

	mu      sync.Mutex
	guarded map[string]bool // addresses that asked for a password
	refused error
	said    time.Time // when the refusal was last logged
}

// Open dials a Redis. An address that cannot be right, a password that is wrong
// and a Redis that must not be used are errors. One that cannot be reached just
// now is not: the client is given out, and whatever it dials is checked when it
// answers. No error holds a password.
func Open(ctx context.Context, o Options) (*Redis, error) {
	a, err := parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("read the address of Redis: %w", err)
	}
	r := &Redis{address: a, log: o.Log, open: o.AllowNoPassword, guarded: make(map[string]bool)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.tls, err = a.tls(); err != nil {
		return nil, fmt.Errorf("read the address of Redis: %w", err)
	}
	redis.SetLogger(silence{})
	r.client = redis.NewUniversalClient(r.options())
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	err = r.client.Ping(ctx).Err()
	if verdict := r.verdict(err); verdict != nil {
		return nil, errors.Join(fmt.Errorf("open Redis: %w", verdict), r.client.Close())
	}
	if err != nil {
		r.log.Warn("Redis does not answer yet; it is used as soon as it does", slog.Any("err", err))
	}
	return r, nil
}

// verdict gives what is wrong for good: what was refused, or what waiting does
// not mend.
func (r *Redis) verdict(err error) error {
	if refused := r.Refused(); refused != nil {
		return refused
	}
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil:
	case errors.As(err, &certificate):
		return err
	case strings.Contains(err.Error(), "WRONGPASS"):
		return errors.New("Redis does not know this user and password")
	case strings.Contains(err.Error(), "NOAUTH"), strings.Contains(err.Error(), "without any password configured"):
		return errors.New("Redis asks for a password, and the address holds none that it takes")
	case strings.Contains(err.Error(), "NOPERM"):
		return fmt.Errorf("the Redis user may do too little; see the ACL line in the documentation: %w", err)
	case strings.Contains(err.Error(), "DENIED"), strings.Contains(err.Error(), "DB index is out of range"), strings.Contains(err.Error(), "cluster support disabled"):
		return err
	}
	return nil
}

func (r *Redis) options() *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Addrs: r.address.hosts, DB: r.address.database, MasterName: r.address.master, IsClusterMode: r.address.cluster,
		Username: r.address.user, Password: r.address.password,
		SentinelUsername: r.address.sentinelUser, SentinelPassword: r.address.sentinelPassword,
		Dialer: r.dial, OnConnect: r.greet,
		// A command is never sent twice by the client: whether a repetition is
		// harmless is known only to the caller.
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: answersWithin, ReadTimeout: answersWithin, WriteTimeout: answersWithin, PoolTimeout: answersWithin,
		ContextTimeoutEnabled: true,
		PoolSize:              pool, MaxActiveConns: pool, PipelinePoolSize: -1,
		ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// Client is the client. It belongs to r; [Redis.Close] ends it.
func (r *Redis) Client() redis.UniversalClient { return r.client }

// String is the address without passwords.
func (r *Redis) String() string { return r.address.String() }

// Refused says why the Redis that answers is not used; nil if nothing is known
// against it. It never waits.
func (r *Redis) Refused() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused
}

// Close ends the client and every connection.
func (r *Redis) Close() error { return r.client.Close() }

// silence keeps the client from writing addresses to the standard error (A36).
// What an operator must know is said by those who use it.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
