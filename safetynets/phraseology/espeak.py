"""espeak-ng in a process of its own: text on standard input, 16-bit samples on standard output.

A second text in one process sounds a little different from the first, as espeak-ng carries state along; in a fresh
process the same text gives the same samples. Run by `voice`, as a file, so that it imports nothing else of the package:
`python espeak.py VOICE WORDS_PER_MINUTE`. The first line of the output is the sample rate (Hz).
"""

from __future__ import annotations

import ctypes
import sys

_SYNCHRONOUS, _UTF_8, _RATE, _AT_CHARACTER = 2, 1, 1, 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> None:
    """Speak standard input."""
    import espeakng_loader

    voice, words_per_min = sys.argv[1], int(sys.argv[2])
    text = sys.stdin.buffer.read()
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate_hz <= 0:
        sys.exit("the speech synthesiser does not start")
    heard = bytearray()

    def keep(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: object) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short)))
        return 0

    kept = _CALLBACK(keep)
    library.espeak_SetSynthCallback(kept)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(_RATE, words_per_min, 0)
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    library.espeak_Synth(text, len(text) + 1, 0, _AT_CHARACTER, 0, _UTF_8, None, None)
    library.espeak_Synchronize()
    sys.stdout.buffer.write(b"%d\n" % rate_hz + bytes(heard))


if __name__ == "__main__":
    main()
