"""Lets python-OBD be the program at a serial line: connects, asks what the car offers, reads all of it.

Arguments: the line's path, its rate or 0 to let python-OBD try rates, how many seconds to read (0: every command
once), and optionally, as JSON, the names of the commands to read in turn. Prints one JSON object: {protocol,
connectS, offered, answers: {name: answer}, values, seconds}. `values` counts the answers that were not empty; an
answer is {number, unit}, {text}, {texts}, {flags} or {tests: [{value, min, max}]}.
"""

import json
import logging
import sys
import time

import obd
from obd.OBDResponse import Monitor, Status
from obd.utils import BitArray

obd.logger.setLevel(logging.CRITICAL)


def number(quantity):
    return getattr(quantity, "magnitude", quantity)


def told(value):
    if isinstance(value, Monitor):
        tests = [test for test in value.tests if not test.is_null()]
        return {"tests": [{key: float(number(getattr(test, key))) for key in ("value", "min", "max")} for test in tests]}
    if isinstance(value, Status):
        return {"flags": [value.MIL, value.DTC_count]}
    if isinstance(value, BitArray):
        return {"flags": [bool(value[at]) for at in range(len(value))]}
    if hasattr(value, "magnitude"):
        return {"number": float(value.magnitude), "unit": f"{value.units:~}"}
    if isinstance(value, (bytes, bytearray)):
        return {"text": value.decode("ascii", "replace")}
    if isinstance(value, (int, float)):
        return {"number": float(value), "unit": ""}
    if isinstance(value, (list, tuple)):
        return {"texts": [str(part) for part in value]}
    return {"text": str(value)}


def main() -> None:
    port, baud, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    began = time.monotonic()
    car = obd.OBD(port, baudrate=baud or None, fast=True, timeout=2)
    connected = time.monotonic() - began
    if not car.is_connected():
        print(json.dumps({"protocol": "", "status": car.status()}))
        return
    offered = sorted((c for c in car.supported_commands if c.name != "CLEAR_DTC"), key=lambda c: c.command)
    wanted = set(json.loads(sys.argv[4])) if len(sys.argv) > 4 else None
    reading = [c for c in offered if wanted is None or c.name in wanted]
    answers, values = {}, 0
    began = time.monotonic()
    while True:
        for command in reading:
            value = car.query(command).value
            if value is not None:
                values += 1
                answers[command.name] = value
            if 0 < seconds <= time.monotonic() - began:
                break
        if seconds <= time.monotonic() - began:
            break
    took = time.monotonic() - began
    print(
        json.dumps(
            {
                "protocol": car.protocol_name(),
                "connectS": connected,
                "offered": [c.name for c in offered],
                "answers": {name: told(value) for name, value in answers.items()},
                "values": values,
                "seconds": took,
            }
        )
    )
    car.close()


main()
