package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/hub/strict"
	"hearth/room"
)

// bodyBytes is the largest body that is read (walls §2.4).
const bodyBytes = 16 << 10

var (
	refuseTooLarge    = &room.Refusal{Code: "too-large", Say: "That is more than hearth can take at once. Please make it shorter."}
	refuseTooSlow     = &room.Refusal{Code: "too-slow", Say: "The line is slow and we stopped waiting. Nothing was changed; please try again."}
	refuseCut         = &room.Refusal{Code: "cut", Say: "That message did not reach us in one piece. Please try again."}
	refuseNotJSON     = &room.Refusal{Code: "content-type", Say: "This page and the server do not understand each other. Please reload the page."}
	refuseUnavailable = &room.Refusal{Code: "unavailable", Say: "hearth cannot do this just now. Nothing was changed; please try again in a moment."}
	refuseBroken      = &room.Refusal{Code: "broken", Say: "Something went wrong on our side. Please try again in a moment."}
	refuseMethod      = &room.Refusal{Code: "method", Say: "This address does not take that kind of request."}
	refuseOrganiser   = &room.Refusal{Code: "organiser-only", Say: "This page is for the organiser. If that is you, please open your organiser link on this device."}
	refuseSlowDown    = &room.Refusal{Code: "slow-down", Say: "There were many tries from your network just now. Please wait a minute and press Join again."}
	refuseCookie      = &room.Refusal{Code: "cookie", Say: "Your browser keeps no cookie for this page yet. Your link has not been used."}
	refuseBusy        = &room.Refusal{Code: "busy", Say: "Many people are coming in from your network just now. Please try again in a moment."}
)

// statuses are the HTTP statuses of refusals; one not named here is 422.
var statuses = map[string]int{
	"cut":               http.StatusBadRequest,
	"link":              http.StatusNotFound,
	"not-found":         http.StatusNotFound,
	"draft-changed":     http.StatusConflict,
	"adopt-first":       http.StatusConflict,
	"unchanged":         http.StatusConflict,
	"group-live":        http.StatusConflict,
	"session-running":   http.StatusConflict,
	"seats-fewer":       http.StatusConflict,
	"have-one":          http.StatusConflict,
	"full":              http.StatusConflict,
	"over":              http.StatusConflict,
	"link-over":         http.StatusConflict,
	"organiser-only":    http.StatusForbidden,
	"too-large":         http.StatusRequestEntityTooLarge,
	"too-slow":          http.StatusRequestTimeout,
	"content-type":      http.StatusUnsupportedMediaType,
	"unavailable":       http.StatusServiceUnavailable,
	"busy":              http.StatusServiceUnavailable,
	"broken":            http.StatusInternalServerError,
	"slow-down":         http.StatusTooManyRequests,
	"cookie":            http.StatusPreconditionRequired,
	"helplines-changed": http.StatusConflict,
	"helplines-old":     http.StatusConflict,
}

// answer sends v as JSON.
func (s *Site) answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		s.log.Error("encode an answer", "err", err)
		status, body = http.StatusInternalServerError, []byte(`{"code":"broken","say":"Something went wrong on our side."}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// fail answers an error: a refusal as it is, anything else as "unavailable"
// with a line for operators.
func (s *Site) fail(w http.ResponseWriter, err error) {
	var refusal *room.Refusal
	var problem *charter.Problem
	var malformed *strict.Error
	switch {
	case errors.As(err, &refusal):
		status, named := statuses[refusal.Code]
		if !named {
			status = http.StatusUnprocessableEntity
		}
		s.answer(w, status, refusal)
	case errors.As(err, &problem):
		status, named := statuses[problem.Code]
		if !named {
			status = http.StatusUnprocessableEntity
		}
		s.answer(w, status, problem)
	case errors.As(err, &malformed):
		s.answer(w, http.StatusBadRequest, &room.Refusal{Code: malformed.Code, Say: malformed.Say})
	default:
		s.log.Error("answer a request", "err", err)
		s.answer(w, http.StatusServiceUnavailable, refuseUnavailable)
	}
}

// read reads the JSON object in the request's body into a struct, strictly. The
// error is for [Site.fail].
func (s *Site) read(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuseNotJSON
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuseTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.Header().Set("Connection", "close")
		return refuseTooSlow
	case err != nil:
		return refuseCut
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("lift the bound of a request: %w", err)
	}
	fields, err := strict.Object(bytes.TrimSpace(body))
	if err != nil {
		return err
	}
	return fields.Decode(into)
}

// notFound answers a path that leads nowhere, without repeating it.
func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	s.plainly(w, r, http.StatusNotFound, house.RefuseMissing)
}

func (s *Site) wrongMethod(w http.ResponseWriter, r *http.Request) {
	s.plainly(w, r, http.StatusMethodNotAllowed, refuseMethod)
}
