"""The embedded Elasticsearch: fetched once, started, watched, stopped and destroyed."""
