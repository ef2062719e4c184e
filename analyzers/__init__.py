"""What a name is: pure functions, no Flask, no Elasticsearch, no clock."""
