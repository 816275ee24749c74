# Wiregrade in a container, as an ordinary user: docker build -t wiregrade .
#
# Isolation `full` wants user namespaces, which Docker refuses by default:
#
#   docker run --rm --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#       --security-opt systempaths=unconfined -v "$PWD:/work" wiregrade grade submissions/
#
# Without these options `grade` refuses, and `wiregrade doctor` says why; with `--isolation none`
# the container is all that stands between the programs and the machine: throw it away afterwards.
# Rootless Podman needs only `--security-opt seccomp=unconfined` and `--userns=keep-id`.
# Not run on a real Docker host by its authors.
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 strace \
    && rm -rf /var/lib/apt/lists/*

COPY . /source
RUN pip install --no-cache-dir '/source[7z]' && rm -rf /source

RUN useradd --create-home wiregrade
USER wiregrade
WORKDIR /work
ENTRYPOINT ["wiregrade"]
CMD ["--help"]
