"""The text of a YAML file: read strictly, quoted, edited and ordered."""
