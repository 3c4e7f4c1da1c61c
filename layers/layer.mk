# How functions/ and every layer are built. SAM copies the folder and calls `make build-<LogicalId>` there, with
# ARTIFACTS_DIR set to where the result goes.
#
# Wheels are chosen for Lambda (Python 3.13 on arm64), whatever machine builds: nothing is compiled here, and every file
# is checked against its hash. pip does not widen a platform to the older ones it contains, so each is named.
PLATFORMS := manylinux_2_28_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64
FOR_LAMBDA := $(PLATFORMS:%=--platform %) --implementation cp --python-version 3.13 --only-binary=:all:

# Bytecode halves a cold import. Only Lambda's own minor version writes files that Lambda reads: without that interpreter
# the code works all the same, compiled at each cold start. "Unchecked", because deployed files never change.
define compile
	@find "$(ARTIFACTS_DIR)" -name __pycache__ -type d -prune -exec rm -rf {} +
	@if python3.13 -c '' 2>/dev/null; then python3.13 -m compileall -q --invalidation-mode unchecked-hash \
	  -s "$(ARTIFACTS_DIR)" -p $(DEPLOYED) "$(ARTIFACTS_DIR)"; fi
endef

# Where Lambda unpacks: layers in /opt; functions/Makefile says /var/task.
DEPLOYED := /opt

define install
	@python3 -m pip install --quiet --no-compile --no-deps --require-hashes $(FOR_LAMBDA) \
	  --target "$(ARTIFACTS_DIR)/python" -r requirements.txt
	@rm -rf "$(ARTIFACTS_DIR)/python/bin"
endef
