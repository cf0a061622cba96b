# make demo   sets everything up and shows the main job on real input
# make test   sets everything up and runs every test
# make bench  sets everything up and measures, every figure as a ratio
#
# All three work in a private copy of PostgreSQL below build/ and touch no running server.
# make install puts a release build into the PostgreSQL of PG_CONFIG; make installcheck tests what is installed there.

SHELL := /bin/bash
PG_CONFIG ?= pg_config
PG_MAJOR = $(shell $(PG_CONFIG) --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')

.PHONY: demo test bench lint install installcheck numbering-plan clean

demo:
	@examples/demo/run

test:
	@tests/run

bench:
	@bench/run
	@bench/lists
	@bench/decide
	@bench/erase
	@bench/seal

lint:
	@tools/lint

install:
	cargo pgrx install --release --pg-config $(PG_CONFIG) --no-default-features --features pg$(PG_MAJOR)

installcheck:
	@tests/installcheck $(PG_CONFIG)

# After rlibphonenumber was updated: METADATA is the file metadata.bin in its source, VERSION what its README names.
numbering-plan:
	cargo run --quiet --release --example numbering_plan -- $(METADATA) $(VERSION) .

clean:
	rm -rf build target
