# Stage one builds a static binary; stage two holds nothing else. How to run it: docs/operating.md.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
# What `hearth version` says; .git is not copied, so it cannot be found out in here.
ARG VERSION=""
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /hearth ./cmd/hearth \
 && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /hearth /hearth
COPY --from=build --chown=nonroot:nonroot /data /data
ENV HEARTH_LISTEN=0.0.0.0:8080 HEARTH_DATA=/data
VOLUME /data
EXPOSE 8080
USER nonroot
# The binary asks itself; there is no shell in here.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/hearth", "health"]
ENTRYPOINT ["/hearth"]
CMD ["serve"]
