"""Keyed digests, made without waiting for another thread."""

import hmac


def keyed_digest(key: bytes, body: bytes) -> str:
    """Return HMAC-SHA-256 in 64 hexadecimal digits.

    Not by `hmac.digest`, which lets other threads run meanwhile: where one of them is busy it gets
    its turn back only after 5 ms (`sys.getswitchinterval`), and a search asks for two hundred.
    """
    return hmac.new(key, body, "sha256").hexdigest()
