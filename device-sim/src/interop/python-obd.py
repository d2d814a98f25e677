"""Decodes raw answers with python-OBD's own decoders, as an opinion that is not ours.

Reads a JSON list of {request, payload, unit?} from standard input (hex; unit as python-OBD names it) and prints a
JSON list of what its decoders say: {number} in that unit, {text}, {texts}, {bits}, {index}, or null where it says
nothing.
"""

import json
import sys

from obd import codes, commands
from obd.protocols import ECU
from obd.protocols.protocol import Message
from obd.utils import BitArray
from pint import DimensionalityError, UndefinedUnitError

# Texts of python-OBD stand for numbers of the standard: these are its own lists of them.
LISTS = [codes.OBD_COMPLIANCE, codes.FUEL_TYPES]


def command(request: str):
    service, parameter = int(request[:2], 16), request[2:]
    for row in commands[service]:
        if row is not None and row.command.decode() == request:
            return row
    raise KeyError(f"{service} {parameter}")


def bits(value) -> list:
    return [bool(value[at]) for at in range(len(value))]


def opinion(request: str, payload: str, unit):
    try:
        row = command(request)
    except (KeyError, IndexError):
        return None
    message = Message([])
    message.ecu = ECU.ENGINE
    message.data = bytearray.fromhex(payload)
    # As python-OBD does after it has checked the service byte of a list of trouble codes.
    if request in ("03", "07"):
        return {"texts": [code for code, _ in row.decode([message])]}
    value = row([message]).value
    if value is None:
        return None
    if isinstance(value, BitArray):
        return {"bits": bits(value)}
    if hasattr(value, "magnitude"):
        try:
            return {"number": value.to(unit).magnitude} if unit else None
        except (DimensionalityError, UndefinedUnitError):
            # It decodes another field of the answer than the one asked about.
            return None
    if hasattr(value, "MIL"):
        counted = {"flag": int(value.MIL), "count": value.DTC_count}
        return {"number": counted[unit]} if unit in counted else None
    if isinstance(value, (bytes, bytearray)):
        return {"text": value.decode("ascii")}
    if isinstance(value, str):
        for texts in LISTS:
            if value in texts:
                return {"index": texts.index(value)}
        return {"text": value}
    return None


questions = json.load(sys.stdin)
print(json.dumps([opinion(q["request"], q["payload"], q.get("unit")) for q in questions]))
