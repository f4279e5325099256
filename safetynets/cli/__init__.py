"""The commands.

Importing them takes up to a second. Who presses Ctrl-C by then stops the process as any other, without a traceback.
"""

import signal
import threading

_quietly = (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
)
if _quietly:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
try:
    from safetynets.cli.main import main
finally:
    if _quietly:
        signal.signal(signal.SIGINT, signal.default_int_handler)

__all__ = ["main"]
