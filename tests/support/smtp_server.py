#!/usr/bin/python3
"""A real mail server for tests (aiosmtpd): STARTTLS and a sign-in before it takes mail.

Each mail becomes a file of the folder: the envelope's recipient in the first line, then the mail.
It takes no mail for an address that begins with "refused". A file "ready" appears in the folder
once it listens. Ends when it is killed.
"""
import argparse
import pathlib
import signal
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

options = argparse.ArgumentParser()
options.add_argument("--port", type=int, required=True)
options.add_argument("--folder", type=pathlib.Path, required=True)
options.add_argument("--certificate", required=True)
options.add_argument("--key", required=True)
options.add_argument("--mode", choices=["starttls", "smtps", "plain"], default="starttls")
chosen = options.parse_args()

USER = LoginPassword(b"shop", b"teapot")


class Folder:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = chosen.folder / f"{self.count:04}.eml"
        beside = name.with_suffix(".part")
        beside.write_bytes(envelope.rcpt_tos[0].encode() + b"\n" + envelope.content)
        beside.rename(name)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    # Not handled: a refusal is to be said to the client, who waits for it.
    return AuthResult(success=data == USER, handled=False)


tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain(chosen.certificate, chosen.key)
settings = {"hostname": "127.0.0.1", "port": chosen.port}
if chosen.mode == "starttls":
    settings |= {"tls_context": tls, "require_starttls": True, "auth_required": True,
                 "authenticator": authenticate}
elif chosen.mode == "smtps":
    # The whole connection is TLS, which aiosmtpd does not count as such.
    settings |= {"ssl_context": tls, "auth_required": True, "auth_require_tls": False,
                 "authenticator": authenticate}
controller = Controller(Folder(), **settings)
controller.start()
(chosen.folder / "ready").touch()
signal.pause()
