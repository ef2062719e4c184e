# The web process: ContactPoint's code, its locked packages and the built style sheet, nothing else.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE package.json package-lock.json .npmrc ./
RUN python -m venv .venv \
    && .venv/bin/pip install -q --require-hashes -r requirements.lock
RUN PATH="/app/.venv/bin:$PATH" npm ci --ignore-scripts --omit=optional
COPY mappings mappings
COPY analyzers analyzers
COPY indexer indexer
COPY webapp webapp
RUN .venv/bin/pip install -q --no-deps --no-build-isolation -e . \
    && sh webapp/assets/build.sh \
    && rm -rf node_modules

FROM python:3.11-slim-bookworm
# Not root, and no shell to log in with; the numbers are used in docker-compose.yml.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin contactpoint
COPY --from=build /app /app
ENV PATH="/app/.venv/bin:$PATH" CONTACTPOINT_HOME=/home/contactpoint/home
WORKDIR /app
USER contactpoint
EXPOSE 8000
ENTRYPOINT ["contactpoint"]
CMD ["serve", "--bind", "0.0.0.0"]
