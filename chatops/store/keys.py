"""Keys for one purpose each, derived from the master key, and what is sealed with them."""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.store.files import check_private, placed

KEY_FILE = "state.key"
SHORTEST = 32
_NONCE = 12


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key and its id, which tells keys apart and says nothing of them."""

    id: str
    secret: bytes = field(repr=False)

    def mac(self, text: str) -> str:
        """HMAC-SHA-256 of the text, as hexadecimal digits."""
        return hmac.digest(self.secret, text.encode(), "sha256").hex()


class Keyring:
    """All keys of one store."""

    def __init__(self, master: SecretStr) -> None:
        """Takes any text of at least 32 characters.

        Raises:
            ConfigurationError: it is shorter.

        """
        if len(master.get_secret_value()) < SHORTEST:
            raise ConfigurationError(
                f"CHATOPS_STATE_KEY is shorter than {SHORTEST} characters.",
                next_step="Use a random one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        self._master = master
        self.audit = self.derived("audit")
        self.check = self.derived("check")
        self._seal = self.derived("seal")

    def derived(self, purpose: str) -> Key:
        """The key of a purpose; keys of other purposes cannot be computed from it."""
        info = f"clouddevice-chatops/1/{purpose}".encode()
        secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(
            self._master.get_secret_value().encode()
        )
        return Key(id=hmac.digest(secret, b"id", "sha256").hex()[:12], secret=secret)

    def seal(self, content: bytes, *, bound_to: str) -> str:
        """The content, encrypted; it opens only with the same ``bound_to``, the id of the row it belongs to."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(self._seal.secret).encrypt(nonce, content, bound_to.encode())
        return f"{self._seal.id}.{base64.urlsafe_b64encode(sealed).decode('ascii')}"

    def open(self, sealed: str, *, bound_to: str) -> bytes:
        """What was sealed.

        Raises:
            StoreUnavailable: it was sealed with another key, or for something else, or was changed.

        """
        key_id, _, text = sealed.partition(".")
        if key_id != self._seal.id:
            raise StoreUnavailable(
                "What was sealed in the store needs another key.", next_step="Ask again; sealed params cannot be read."
            )
        try:
            content = base64.urlsafe_b64decode(text)
            return AESGCM(self._seal.secret).decrypt(content[:_NONCE], content[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise StoreUnavailable(
                "What was sealed in the store has been changed.",
                next_step="Ask again, and see chatops audit verify: somebody wrote to the store.",
            ) from error


def load_keyring(state_key: SecretStr | None, folder: Path, *, is_new: bool) -> Keyring:
    """The keys of ``state_key``, or else of the key file in the folder, which is made together with a new store.

    Raises:
        ConfigurationError: there is none, it is too short, or others may read it.

    """
    if state_key is not None:
        return Keyring(state_key)
    file = folder / KEY_FILE
    if is_new:
        with placed(file) as draft:
            draft.write_text(secrets.token_urlsafe(SHORTEST), encoding="ascii")
    try:
        check_private(file)
        return Keyring(SecretStr(file.read_text(encoding="ascii").strip()))
    except FileNotFoundError:
        raise ConfigurationError(
            f"The key of the store is missing: there is no {file}, and CHATOPS_STATE_KEY is not set.",
            next_step="Bring back the key; without it the store cannot be trusted, and is not opened.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The key file {file} cannot be read.", next_step="Bring back the key.") from error
