# Two images from one file. The last target, bot, is what runs in production:
#   docker build -t compliance-bot .
# Target demo has the playground too, and listens on 127.0.0.1 only:
#   docker build -t compliance-demo --target demo . && docker run --network host compliance-demo
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS base
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

FROM base AS bot-packages
COPY requirements/app.txt requirements/
RUN python -m venv /opt/venv && \
    pip install --no-cache-dir --require-hashes --no-deps -r requirements/app.txt

FROM base AS demo-packages
COPY requirements/demo.txt requirements/
RUN python -m venv /opt/venv && \
    pip install --no-cache-dir --require-hashes --no-deps -r requirements/demo.txt

FROM base AS code
# For an allowlist in a Git repository; a clone of it is a folder in TMPDIR.
RUN apt-get update && \
    apt-get install --yes --no-install-recommends git openssh-client && \
    rm -rf /var/lib/apt/lists/*
# What the bot writes, its ledger and the allowlist, is in /data; the rest can be read-only.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent bot && \
    install -d -o bot -g bot /data
COPY --chown=bot:bot config/allowlist.yaml /data/
COPY bot.py ./
COPY aws aws
COPY commands commands
COPY compliance compliance
COPY config config
COPY ledger ledger
COPY notifiers notifiers
ENV ALLOWLIST_URL=file:/data/allowlist.yaml TMPDIR=/data PYTHONDONTWRITEBYTECODE=1 HTTP_PORT=8080
# Without a limit glibc keeps memory apart for each of the bot's threads.
ENV MALLOC_ARENA_MAX=2
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "bot.py"]

FROM code AS demo
COPY --from=demo-packages /opt/venv /opt/venv
COPY playground playground
RUN python -m compileall -q .
USER bot
CMD ["demo"]

FROM code AS bot
COPY --from=bot-packages /opt/venv /opt/venv
RUN python -m compileall -q .
# The people of the demo must not decide in production: without a mounted folder the bot stops.
ENV COMPLIANCE_CONFIG=/etc/compliance-bot DATABASE_URL=sqlite:////data/ledger.db
USER bot
CMD ["run"]
