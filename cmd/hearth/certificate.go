package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// lookAtCertificate is how often the certificate of the public address is
	// looked at, while somebody asks for metrics.
	lookAtCertificate = time.Hour
	// certificateWithin bounds that look.
	certificateWithin = 10 * time.Second
)

// endOf gives when the certificate at an https address ends, also one that no
// browser would take any more.
func endOf(ctx context.Context, public *url.URL) (time.Time, error) {
	port := public.Port()
	if port == "" {
		port = "443"
	}
	conn, err := (&tls.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(public.Hostname(), port))
	if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) && len(untrusted.UnverifiedCertificates) > 0 {
		return untrusted.UnverifiedCertificates[0].NotAfter, err
	}
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].NotAfter, nil
}

// certificateEnd tells when the certificate of the public address ends, so that
// one that a proxy fails to renew is noticed in time. Safe for use by many
// goroutines.
type certificateEnd struct {
	public *url.URL
	about  *prometheus.Desc

	mu     sync.Mutex
	looked time.Time
	ends   time.Time
}

func newCertificateEnd(public *url.URL) *certificateEnd {
	return &certificateEnd{public: public, about: prometheus.NewDesc("hearth_certificate_end_seconds",
		"When the certificate of the public address ends, in seconds since 1970; missing until it was seen.", nil, nil)}
}

// Describe says what Collect gives.
func (c *certificateEnd) Describe(to chan<- *prometheus.Desc) { to <- c.about }

// Collect gives what the last look saw and, now and then, looks again beside it:
// a scrape does not wait for the network.
func (c *certificateEnd) Collect(to chan<- prometheus.Metric) {
	if c.public.Scheme != "https" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) >= lookAtCertificate {
		c.looked = time.Now()
		go c.look()
	}
	if !c.ends.IsZero() {
		to <- prometheus.MustNewConstMetric(c.about, prometheus.GaugeValue, float64(c.ends.Unix()))
	}
}

func (c *certificateEnd) look() {
	ctx, cancel := context.WithTimeout(context.Background(), certificateWithin)
	defer cancel()
	ends, _ := endOf(ctx, c.public) // nobody there: what was seen last stands
	if ends.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = ends
}
