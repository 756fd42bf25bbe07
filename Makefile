.PHONY: demo test lock

demo:  ## Set up, load the demo programmes, serve on http://127.0.0.1:8000 (QIXUE_PORT)
	@bin/demo

test:  ## Set up and run every check
	@bin/test

lock:  ## Pin what pyproject.toml asks for, with hashes
	@bin/lock
