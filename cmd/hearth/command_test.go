package main

import (
	"net"
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}, {}, {"serve", "--help"}, {"check-config", "-h"}} {
		got := hearthRun(t, nil, args...)
		if got.code != 0 || got.errs != "" || !strings.Contains(got.out, "hearth serve --public-url") {
			t.Errorf("hearth %q ended with %d\n%s%s", args, got.code, got.out, got.errs)
		}
		for _, s := range settings {
			if !strings.Contains(got.out, "--"+s.flag) {
				t.Errorf("hearth %q does not mention --%s", args, s.flag)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	got := hearthRun(t, nil, "version")
	if got.code != 0 || !strings.HasPrefix(got.out, "hearth v0.0.0-test (go") {
		t.Errorf("got %d %q %q", got.code, got.out, got.errs)
	}
}

// TestBadValues: one clear line that names the flag or the variable, exit 2.
func TestBadValues(t *testing.T) {
	for _, c := range []struct {
		env   string
		args  []string
		names string
	}{
		{"", []string{"--listen", "8080"}, "--listen"}, {"", []string{"--listen", "example.org:80"}, "--listen"}, {"", []string{"--listen", "127.0.0.1:99999"}, "--listen"},
		{"HEARTH_LISTEN=here", nil, "HEARTH_LISTEN"},
		{"", []string{"--public-url", "groups.example.org"}, "--public-url"}, {"", []string{"--public-url", "ftp://example.org"}, "--public-url"},
		{"", []string{"--public-url", "https://example.org/groups"}, "--public-url"}, {"", []string{"--public-url", "https://a@example.org"}, "--public-url"},
		{"", []string{"--public-url", "https://example.org?x"}, "--public-url"}, {"", []string{"--public-url", "https://example.org/#"}, "--public-url"},
		{"", []string{"--public-url", "https://example.org:99999"}, "--public-url"}, {"", []string{"--public-url", "https://gruppe-für-alle.example"}, "--public-url"},
		{"HEARTH_PUBLIC_URL=https://", nil, "HEARTH_PUBLIC_URL"},
		{"", []string{"--log-level", "loud"}, "--log-level"}, {"HEARTH_LOG_LEVEL=9", nil, "HEARTH_LOG_LEVEL"},
		{"", []string{"--metrics-listen", "0.0.0.0:9464"}, "--metrics-listen"}, {"", []string{"--metrics-listen", "no"}, "--metrics-listen"},
		{"HEARTH_METRICS_LISTEN=10.0.0.1:1", nil, "HEARTH_METRICS_LISTEN"}, {"", []string{"--metrics-listen", ":9464"}, "--metrics-listen"},
		{"", []string{"--trusted-proxies", "10.0.0.0/40"}, "--trusted-proxies"}, {"HEARTH_TRUSTED_PROXIES=proxy", nil, "HEARTH_TRUSTED_PROXIES"},
		{"", []string{"--database-url", "mysql://hearth:canary@db/hearth"}, "--database-url"}, {"HEARTH_DATABASE_URL=host=db password=canary", nil, "HEARTH_DATABASE_URL"},
		{"HEARTH_DATABASE_URL=postgres://hearth:can%ary@db/hearth", nil, "HEARTH_DATABASE_URL"},
		{"", []string{"--redis-url", "http://h:canary@redis"}, "--redis-url"}, {"HEARTH_REDIS_URL=redis://", nil, "HEARTH_REDIS_URL"},
		{"HEARTH_REDIS_URL=redis://hearth:can%ary@redis:6379", nil, "HEARTH_REDIS_URL"}, {"HEARTH_REDIS_URL=redis.example.org:6379", nil, "HEARTH_REDIS_URL"},
		{"HEARTH_REDIS_URL=redis://hearth:canary@redis:6379/0", nil, "PostgreSQL"},
		{"", []string{"--node-name", "one two"}, "--node-name"}, {"HEARTH_NODE_NAME=" + strings.Repeat("a", 65), nil, "HEARTH_NODE_NAME"},
		{"", []string{"--unsafe-redis-without-password=perhaps"}, "--unsafe-redis-without-password"},
		{"HEARTH_EXAMPLE=perhaps", nil, "HEARTH_EXAMPLE"}, {"", []string{"--example=perhaps"}, "--example"},
		{"", []string{"--no-such-flag"}, "no-such-flag"}, {"", []string{"--listen"}, "listen"}, {"", []string{"extra"}, "extra"},
	} {
		var env []string
		if c.env != "" {
			env = append(env, c.env)
		}
		for _, command := range []string{"check-config", "serve"} {
			got := hearthRun(t, env, append([]string{command}, c.args...)...)
			if got.code != 2 || got.out != "" || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, c.names) || strings.Contains(got.errs, "canary") || strings.Contains(got.errs, "can%ary") {
				t.Errorf("%s hearth %s %q ended with %d\n%s%s", c.env, command, c.args, got.code, got.out, got.errs)
			}
		}
	}
	if got := hearthRun(t, nil, "sreve"); got.code != 2 || strings.Count(got.errs, "\n") != 1 {
		t.Errorf("an unknown command ended with %d %q", got.code, got.errs)
	}
}

func TestCheckConfig(t *testing.T) {
	env := []string{"HEARTH_PUBLIC_URL=https://Groups.Example.org:443/", "HEARTH_DATA=/var/lib/hearth", "HEARTH_METRICS_LISTEN=off", "HEARTH_LISTEN=0.0.0.0:80"}
	got := hearthRun(t, env, "check-config", "--data", "/srv/hearth", "--trusted-proxies", "127.0.0.1, 10.0.0.0/8")
	if got.code != 0 || got.errs != "" {
		t.Fatalf("ended with %d %s", got.code, got.errs)
	}
	for _, line := range []string{"https://groups.example.org\n", "/srv/hearth\n", "off\n", "0.0.0.0:80\n", "2 networks\n"} {
		if !strings.Contains(got.out, line) {
			t.Errorf("%q is not in\n%s", line, got.out)
		}
	}
	if strings.Contains(got.out, "warning") {
		t.Errorf("a warning about nothing:\n%s", got.out)
	}
	for _, public := range []string{"http://groups.example.org", "http://10.0.0.7:8080"} {
		if got := hearthRun(t, nil, "check-config", "--public-url", public); !strings.Contains(got.out, "in the clear") {
			t.Errorf("%s: no warning about plain http:\n%s", public, got.out)
		}
	}
	for flag, says := range map[string]string{"--unsafe-lift-rate-limits": "nothing is limited", "--unsafe-redis-without-password": "whoever reaches Redis"} {
		if got := hearthRun(t, nil, "check-config", flag); !strings.Contains(got.out, says) {
			t.Errorf("%s: no warning:\n%s", flag, got.out)
		}
	}
}

func TestDerivedURL(t *testing.T) {
	everywhere := "http://127.0.0.1:8080" // on a machine without a network
	if at, found := nearby(); found {
		everywhere = "http://" + net.JoinHostPort(at.String(), "8080")
	} else if networked(t) {
		t.Error("this machine has an address that others could use, and it was not found")
	}
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "0.0.0.0:8080": everywhere, ":8080": everywhere, "[::]:8080": everywhere,
		"127.0.0.1:80": "http://127.0.0.1", "[::1]:8080": "http://[::1]:8080", "192.168.1.5:8080": "http://192.168.1.5:8080",
	} {
		got, err := derivedURL(listening)
		if err != nil || got.String() != want {
			t.Errorf("%s gives %v, %v; want %s", listening, got, err, want)
		}
	}
}
