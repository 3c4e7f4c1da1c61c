"""The contact vault's lock: KMS encrypts what is small enough (4 KiB), bound to tenant and subject by its context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.aws.clients import client, translated

if TYPE_CHECKING:
    from uuid import UUID


class KmsLock:
    """Encrypts reporters' contacts under one key."""

    def __init__(self, key_id: str) -> None:
        """`key_id`: key id, alias or ARN."""
        self.key_id = key_id

    def encrypt(self, text: str, *, tenant_id: UUID, subject_id: UUID) -> bytes:
        """Return the ciphertext. Raises Unavailable."""
        with translated():
            answer = client("kms").encrypt(
                KeyId=self.key_id, Plaintext=text.encode(), EncryptionContext={"tenant": str(tenant_id), "subject": str(subject_id)}
            )
        return answer["CiphertextBlob"]
