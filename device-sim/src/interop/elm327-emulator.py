"""Starts the ELM327-emulator package on a pseudo-terminal, for as long as standard input stays open.

Arguments: the scenario, and answers of our own as JSON: an object of request and payload, both hex, single
frame. They stand before the package's own. Prints the terminal's path, then waits.
"""

import json
import logging
import os
import sys
import time

from elm import Elm


def single_frame(payload: str) -> str:
    spaced = " ".join(payload[at : at + 2] for at in range(0, len(payload), 2))
    return f"<header>7E8</header><size>{len(payload) // 2:02X}</size><data>{spaced}</data>"


def main() -> None:
    scenario, extra = sys.argv[1], json.loads(sys.argv[2])
    with Elm(batch_mode=True) as emulator:
        while emulator.threadState == emulator.THREAD.STARTING:
            time.sleep(0.02)
        logging.disable(logging.CRITICAL)
        for request, payload in extra.items():
            emulator.ObdMessage[scenario][f"OUTPOST_{request}"] = {
                "Request": f"^{request}[0-9]?$",
                "Descr": f"request {request}",
                "Response": single_frame(payload),
                "Priority": 1,
            }
        emulator.set_sorted_obd_msg(scenario)
        print(emulator.get_pty(), flush=True)
        sys.stdin.read()
        # The package's own threads would keep the interpreter alive.
        os._exit(0)


main()
