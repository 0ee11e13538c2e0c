demo test lint format lock bench:
	python3 dev.py $@
.PHONY: demo test lint format lock bench
