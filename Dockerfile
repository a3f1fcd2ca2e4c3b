# One image for web, worker and migrate; compose.yaml says which part each container is.

FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.12-slim
# The number, not a name: Kubernetes and rootless engines check that it is not 0. /data is for whoever runs the private
# stores in one container (`tohotro run`, no URLs set); with URLs nothing is written there.
RUN install -d -o 10001 -g 10001 -m 700 /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
RUN install -m 755 bot/launcher.sh .venv/bin/tohotro && python -m compileall -q bot channels config tickets workers
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TOHOTRO_DATA_DIR=/data \
    TOHOTRO_HTTP_HOST=0.0.0.0 \
    TOHOTRO_LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["tohotro"]
CMD ["run"]
