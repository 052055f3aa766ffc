#!/bin/sh
# Runs once, on an empty volume: InfluxQL asks for a database, InfluxDB 2 has buckets; this maps the one to the other.
set -eu
influx v1 dbrp create --default \
    --db "$DOCKER_INFLUXDB_INIT_BUCKET" \
    --rp autogen \
    --bucket-id "$DOCKER_INFLUXDB_INIT_BUCKET_ID" \
    --org "$DOCKER_INFLUXDB_INIT_ORG" \
    --token "$DOCKER_INFLUXDB_INIT_ADMIN_TOKEN"
