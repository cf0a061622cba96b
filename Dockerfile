# PostgreSQL with dnc, which is preloaded. Used like the image postgres, on which it is based.
#
# docker build --tag dnc .
# docker build --tag dnc:18 --build-arg POSTGRES=18 .    for PostgreSQL 15, 16, 17 or 18; the default is 15
ARG POSTGRES=15

FROM rust:1-bookworm AS rust

# Built in the image in which it runs, since that has the headers of its own version.
FROM postgres:${POSTGRES}-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates gcc libc6-dev libclang-dev make \
    pkg-config postgresql-server-dev-$PG_MAJOR
COPY --from=rust /usr/local/cargo /usr/local/cargo
COPY --from=rust /usr/local/rustup /usr/local/rustup
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup PATH=/usr/local/cargo/bin:$PATH
WORKDIR /dnc
COPY . .
RUN make install PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config DESTDIR=/installed

FROM postgres:${POSTGRES}-bookworm
COPY --from=build /installed/ /
# While the first start makes the database, the server listens on no port: so it is healthy only when that is done.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s \
    CMD pg_isready --quiet --host=127.0.0.1 --username="${POSTGRES_USER:-postgres}"
CMD ["postgres", "-c", "shared_preload_libraries=dnc"]
