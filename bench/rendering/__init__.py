"""What filling, converting, proving and assembling packets costs, beside the usual tools: python -m bench.rendering."""
