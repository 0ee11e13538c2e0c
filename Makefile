demo test lint format lock bench terraform:
	python3 dev.py $@
.PHONY: demo test lint format lock bench terraform
