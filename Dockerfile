# Tocsin on Airflow's official image, with the versions that the tests ran on. Built and started by docker-compose.yml.
FROM apache/airflow:3.3.2-python3.11

# First what seldom changes, so that a change of ours rebuilds in seconds. The lock replaces versions of the image's
# own where they differ: what runs here is what CI tested, hash by hash.
COPY --chown=airflow:0 requirements.txt requirements-image.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-image.txt

COPY --chown=airflow:0 . .
# The folders are mount points: a new volume takes their owner, so no container needs to be root.
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && install -D -m 0644 include/tocsin/airflow_local_settings.py config/airflow_local_settings.py \
 && install -d -m 0770 data \
 && install -d -m 0755 certificates logs

# A broken image is found when it is built, not when a task runs.
RUN tocsin config check --config include/config \
 && python -c "import asyncpg, psycopg2; from tocsin.preload import preload; preload()"
