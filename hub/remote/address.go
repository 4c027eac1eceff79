package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// standardPort is where Redis listens if an address names no port.
const standardPort = "6379"

// errForm shows no part of what was given, for it may hold a password.
var errForm = errors.New("not an address such as redis://hearth:password@redis.example.org:6379/0, or rediss:// for TLS; a password's special characters are written as %40")

// An address is what a URL says of a Redis: one server, the sentinels of a
// master, or the first nodes of a cluster.
type address struct {
	hosts            []string // host:port each
	user, password   string
	database         int
	secure           bool // TLS
	master           string
	cluster          bool
	sentinelUser     string
	sentinelPassword string
	authorities      string // file of certificate authorities; empty: the system's
}

// Check says whether a URL is one that [Open] understands. The error shows
// nothing of it.
func Check(raw string) error {
	_, err := parse(raw)
	return err
}

// Mask gives a URL in the form in which it may be shown and logged: without
// passwords. A URL that cannot be read is masked whole.
func Mask(raw string) string {
	a, err := parse(raw)
	if err != nil {
		return "[not an address of Redis]"
	}
	return a.String()
}

// String is the address without passwords.
func (a address) String() string {
	var b strings.Builder
	b.WriteString("redis")
	if a.secure {
		b.WriteString("s")
	}
	b.WriteString("://")
	if a.user != "" || a.password != "" {
		b.WriteString(url.PathEscape(a.user))
		if a.password != "" {
			b.WriteString(":xxxxx")
		}
		b.WriteString("@")
	}
	fmt.Fprintf(&b, "%s/%d", strings.Join(a.hosts, ","), a.database)
	switch {
	case a.master != "":
		b.WriteString("?master_name=" + url.QueryEscape(a.master))
	case a.cluster:
		b.WriteString("?cluster=true")
	}
	return b.String()
}

// parse reads redis[s]://[user[:password]@]host[:port][,host[:port]…][/db][?…].
// package net/url reads no list of hosts that have ports.
func parse(raw string) (a address, err error) {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found || scheme != "redis" && scheme != "rediss" || strings.Contains(rest, "#") {
		return a, errForm
	}
	a.secure = scheme == "rediss"
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		if a.user, err = url.PathUnescape(user); err != nil {
			return a, errForm
		}
		if a.password, err = url.PathUnescape(password); err != nil {
			return a, errForm
		}
		authority = authority[at+1:]
	}
	for part := range strings.SplitSeq(authority, ",") {
		host, err := hostAndPort(part)
		if err != nil {
			return a, err
		}
		a.hosts = append(a.hosts, host)
	}
	if path != "" {
		if a.database, err = strconv.Atoi(path); err != nil || a.database < 0 {
			return a, errors.New("what stands after the host is the number of a database, such as /0")
		}
	}
	return a, a.ask(query)
}

func hostAndPort(part string) (string, error) {
	host, port, err := net.SplitHostPort(part)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(part, "["), "]"), standardPort
	}
	if n, err := strconv.Atoi(port); host == "" || err != nil || n < 1 || n > 65535 || strings.ContainsAny(host, "@/ []") {
		return "", errForm
	}
	return net.JoinHostPort(host, port), nil
}

// ask reads what stands behind the question mark.
func (a *address) ask(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errForm
	}
	for key := range values {
		v := values.Get(key)
		switch key {
		case "master_name":
			a.master = v
		case "cluster":
			a.cluster = v == "true"
		case "sentinel_username":
			a.sentinelUser = v
		case "sentinel_password":
			a.sentinelPassword = v
		case "ca_file":
			a.authorities = v
		default:
			return fmt.Errorf("%q is not a setting of a Redis address; those are master_name, sentinel_username, sentinel_password, cluster and ca_file", key)
		}
	}
	switch {
	case a.master != "" && a.cluster:
		return errors.New("master_name is for Sentinel and cluster=true for Redis Cluster: choose one")
	case a.cluster && a.database != 0:
		return errors.New("a Redis Cluster has database 0 only")
	case len(a.hosts) > 1 && a.master == "" && !a.cluster:
		return errors.New("several hosts need master_name=… (Sentinel) or cluster=true (Redis Cluster)")
	case a.authorities != "" && !a.secure:
		return errors.New("ca_file is for TLS: write rediss://")
	}
	return nil
}

// tls gives how to speak TLS with a host; nil without TLS.
func (a address) tls() (*tls.Config, error) {
	if !a.secure {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.authorities == "" {
		return c, nil
	}
	pem, err := os.ReadFile(a.authorities)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca_file holds no certificate")
	}
	return c, nil
}
