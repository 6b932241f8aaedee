# seqgra-compile with PyTorch for the CPU: compiles definitions, trains their scripts.
#   docker build -t seqgra-compile .
#   docker run --rm -v "$PWD:/work" seqgra-compile seqgra-compile model.xml -o train.py
#   docker run --rm -v "$PWD:/work" seqgra-compile python train.py data
FROM python:3.13-slim

# uv takes PyTorch's build for the CPU, without the gigabytes of CUDA libraries.
RUN python -m pip install --no-cache-dir uv \
    && uv pip install --system --no-cache --torch-backend cpu torch==2.13.0
COPY . /opt/seqgra-compile
RUN python -m pip install --no-cache-dir -c /opt/seqgra-compile/constraints.txt "/opt/seqgra-compile[torch]"

RUN useradd --create-home user
USER user
WORKDIR /work
CMD ["seqgra-compile", "--help"]
