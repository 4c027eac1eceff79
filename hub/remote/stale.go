package remote

import (
	"errors"
	"io"
	"syscall"
)

// OverStale does something, and does it again if the connection it was given
// turned out to have been closed by Redis while it lay idle: after a restart all
// idle connections are like that, and with TLS it shows only when one is used.
// What it does must not mind to be done twice, for the connection may have been
// closed after Redis had done it.
func OverStale(do func() error) error {
	err := do()
	for range pool {
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			return err
		}
		err = do()
	}
	return err
}
