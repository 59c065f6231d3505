"""What the parts of the crash test share. A part (see crash_test.py) has:

    tables()            parameters of CreateTable, once, before anything else
    prepare(client)     once, after that
    threads(number)     what runs against the server until it is killed in this cycle; each gets the
                        server's port as `port`, and ends with what it found wrong in `problem`
    check(client)       after the restart; raises Fault
    told()              what it has done, for the last line
"""
import http.client
import threading


class Fault(Exception):
    """What a test of this kind hopes never to see."""


def key_of(item):
    return {"p": item["p"], "s": item["s"]}


def name_of(item):
    return item["p"]["S"], item["s"]["S"]


def shown(item):
    text = repr(item)
    return text if len(text) < 300 else text[:300] + "..."


class Load(threading.Thread):
    """A thread that works until the server is gone."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work = work  # Called with a client.
        self.port = None
        self.problem = None

    def run(self):
        from server import Server  # The path to it is set by who runs the test.
        client = Server.client(self, timeout=20)
        try:
            self.work(client)
        except (OSError, http.client.HTTPException):
            pass  # Killed.
        except Exception as problem:  # Told by the main thread.
            reply = getattr(problem, "reply", None)
            if reply is None or reply.status not in (500, 503):  # Stopping.
                self.problem = problem
