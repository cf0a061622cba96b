# make demo   sets everything up and shows the main job on real input
# make test   sets everything up and runs every test
# make bench  sets everything up and measures, every figure as a ratio; make bench-tiny only sees that it works
#
# All of them work in a private copy of PostgreSQL below build/ and touch no running server. Only make bench and make build the
# release profile of cargo; the others build the profile tests, which takes less than half the time and is slower.
# make builds for the PostgreSQL of PG_CONFIG, make install puts that there (below DESTDIR, if given), and make installcheck
# tests what is installed there.

SHELL := /bin/bash
PG_CONFIG ?= pg_config
PG_MAJOR = $(shell $(PG_CONFIG) --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')

# What a plain make does.
.DEFAULT_GOAL := all

.PHONY: all demo test bench bench-tiny lint install installcheck numbering-plan clean

demo:
	@examples/demo/run

test:
	@tests/run

bench:
	@bench/run
	@bench/lists
	@bench/scrub
	@bench/decide
	@bench/attempts
	@bench/guards
	@bench/import
	@bench/erase
	@bench/seal
	@bench/health

bench-tiny:
	@bench/tiny

lint:
	@tools/lint

all:
	PGRX_PG_CONFIG_PATH="$$(command -v $(PG_CONFIG))" cargo build --release --no-default-features --features pg$(PG_MAJOR)

install: all
	@tools/install $(PG_CONFIG) $${CARGO_TARGET_DIR:-target}/release/libdnc.so "$(DESTDIR)"

installcheck:
	@tests/installcheck $(PG_CONFIG)

# After rlibphonenumber was updated: METADATA is the file metadata.bin in its source, VERSION what its README names.
numbering-plan:
	cargo run --quiet --release --package dnc-core --example numbering_plan -- $(METADATA) $(VERSION) .

clean:
	rm -rf build target
