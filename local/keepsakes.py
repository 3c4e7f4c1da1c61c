"""What must outlive a restart though moto forgets it: secrets' values, key material and the contents of buckets."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

# Secrets Manager's own default: 32 characters of these four kinds.
_KINDS: Mapping[str, str] = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
}


class Vault:
    """A JSON file of secret strings, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Read the file where it exists."""
        self._path = path
        self._values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """The value kept under that name, made and stored on first use."""
        if name not in self._values:
            self._values[name] = make()
            write_atomically(self._path, json.dumps(self._values, indent=1).encode())
        return self._values[name]


def generated_secret(properties: Mapping[str, Any]) -> str:
    """A new value for an AWS::SecretsManager::Secret: its SecretString, or one made as GenerateSecretString says."""
    if "SecretString" in properties:
        return str(properties["SecretString"])
    recipe: Mapping[str, Any] = properties.get("GenerateSecretString", {})
    length = int(recipe.get("PasswordLength", 32))
    excluded = set(str(recipe.get("ExcludeCharacters", "")))
    alphabet = "".join(letters for name, letters in _KINDS.items() if not _true(recipe.get(name)))
    allowed = [letter for letter in alphabet if letter not in excluded]
    password = "".join(secrets.choice(allowed) for _ in range(length))
    if "GenerateStringKey" not in recipe:
        return password
    return json.dumps({**json.loads(recipe["SecretStringTemplate"]), recipe["GenerateStringKey"]: password})


def _true(value: object) -> bool:
    return str(value).lower() == "true"


@dataclass(frozen=True)
class StoredObject:
    """One object of a bucket as it lies in the folder."""

    bucket: str
    key: str
    content: bytes
    metadata: dict[str, str]


class BucketMirror:
    """Copies of all objects under one folder: per object a file with the content and one with key and metadata."""

    def __init__(self, folder: Path, stored: Callable[[str, str], tuple[bytes, dict[str, str]] | None]) -> None:
        """`stored(bucket, key)` reads an object from the place that is mirrored."""
        self._folder = folder
        self._stored = stored

    def keep(self, bucket: str, key: str) -> None:
        """Copy the object as it is now."""
        found = self._stored(bucket, key)
        if found is None:
            return
        content, metadata = found
        place = self._place(bucket, key)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place.with_suffix(".content"), content)
        write_atomically(place.with_suffix(".json"), json.dumps({"key": key, "metadata": metadata}).encode())

    def forget(self, bucket: str, key: str) -> None:
        """Drop the copy, unless an older version of the object has come back."""
        if self._stored(bucket, key) is not None:
            self.keep(bucket, key)
            return
        for suffix in (".json", ".content"):
            self._place(bucket, key).with_suffix(suffix).unlink(missing_ok=True)

    def objects(self, bucket: str) -> Iterator[StoredObject]:
        """What lies in the folder for one bucket."""
        for described in sorted((self._folder / quote(bucket, safe="")).glob("*.json")):
            facts = cast("dict[str, Any]", json.loads(described.read_text()))
            yield StoredObject(bucket, facts["key"], described.with_suffix(".content").read_bytes(), facts["metadata"])

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _place(self, bucket: str, key: str) -> Path:
        return self._folder / quote(bucket, safe="") / hashlib.sha256(key.encode()).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file in one step and flush it, readable by its owner only."""
    staging = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staging.replace(path)
