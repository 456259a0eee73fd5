#!/usr/bin/python3
"""The golden messages as plain values, encoded by an independent CBOR library.

Without arguments: every file golden/NAME.hex holds what that library writes for NAME, and there is no other file.
With --write: writes the files (after a deliberate change of the protocol).
"""
import pathlib
import re
import struct
import sys
import zlib

import cbor2

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
DICTIONARY = HERE.parent.parent / "common" / "wire" / "dictionary.c"

IDEM = bytes(range(16))
HASH = "0123456789abcdef0123456789abcdef"
REF_VEHICLE = [2, 811, "T 337 DSE"]
# text 1, int 2, bool 3, money 4, rate 5, date 6, stamp 7, choice 8, ref 9, bytes 10
RECORD = [2, 811, 3, "T 337 DSE", [
    1, 1, "T 337 DSE",
    2, 2, -5,
    3, 3, True,
    4, 4, 61950000,
    5, 5, 35000,
    6, 6, 9541,
    7, 7, 824373000000000,
    8, 8, 2,
    9, 9, [4711, "Salma Ibrahim"],
    10, 9, 12,
    11, 10, b"\x00\xff",
]]
ISSUE = [2, "phone", "this phone belongs to Salma Ibrahim", [[1, 4711, "Salma Ibrahim"]]]
CHOICES = [[1, "private", "Private", 0], [2, "hire", "For hire", 3]]
FIELD = [8, "usage", "Usage", "What the vehicle is used for", "Vehicle", 8, 0x2F, 0, 10, 0, "1", CHOICES]
REF_FIELD = [9, "owner", "Owner", "", "", 9, 1, 0, 24, 1, "", []]
SCHEMA = {1: HASH, 2: [[
    2, "vehicle", "Vehicle", "Vehicles", "What is insured", 0x1F, [FIELD, REF_FIELD],
    [[1, "all", "All vehicles", [8, 9], 8, True]],
    [[1, "transfer", "Transfer", "To a new owner", 3, 8, 6, ord("7"), [REF_FIELD]]],
    [["Policies", 6, 3]],
]], 3: 1}
ME = [77, "amina@simba.co.tz", "Amina Juma", "agent", "Kariakoo", "Simba Insurance", "TZS", 2, 180, 9556,
      "Africa/Dar_es_Salaam", "en", "Simba", "green", "Choose a password.", False, [5, 2, 1, 3, 2]]
HOME = [
    [["Policies", 12, 83, 291, 6, 2]],
    [["Issued", 34, 1241250000], ["Claims", 3, None]],
    [[[6, 1841, "KK/26/001841"], 4, "Policy KK/26/001841  T 337 DSE", "unpaid", 9554, 5, 14729]],
    22, "Renewals, 14 days", [4, 26, 18], 3, 824373000000000,
]
EVENT = [9001, 824373000000000, "Amina Juma", "10.0.0.7", "bima 0.1.0 tui", "changed", "typing error", REF_VEHICLE,
         [[5, "Colour", "white", "silver"]]]


def reply(number, code, body, meta=None):
    return [1, number, code, body, meta or {}]


MESSAGES = {
    "hello": [7, [1], 1, "bima 0.1.0 tui", HASH, "sw"],
    "cancel": [3, 12],
    "ping": [4, 2**32],
    "pong": [5, 2**32],
    "goaway": [6, "the service is stopping", 5000],
    "event": [2, "home", 41, 1, {1: 6, 2: 2, 3: 12, 4: 83, 5: 291}],
    "request_subscribe": [0, 17, 18, {}, {}],
    "request_me": [0, 1, 2, {}, {}],
    "request_describe": [0, 2, 1, {17: HASH}, {}],
    "request_find": [0, 3, 4, {9: 10, 11: "t 337-dse"}, {}],
    "request_list": [0, 4, 5, {1: 6, 6: [[12, 0, 4], ["end_date", 3, "+30d"]], 7: "end_date", 8: True, 9: 50,
                               10: b"\x01\x02", 14: 2, 19: True}, {2: 5000}],
    "request_list_from": [0, 15, 5, {1: 6, 7: 1, 17: HASH, 23: [1, "premium"], 25: "KK/26/0018", 26: False, 27: True, 28: True}, {}],
    "request_export": [0, 16, 19, {1: "policy", 10: b"\x07", 18: "xlsx"}, {}],
    "request_get": [0, 5, "get", {1: "vehicle", 3: "T337DSE"}, {}],
    "request_add": [0, 6, 8, {1: 1, 5: {2: "Salma Ibrahim", 3: "0712 345 678", 4: None, "gender": 1, 6: False,
                                       7: b"\x2a"}, 13: "two people share a phone"}, {1: IDEM}],
    "request_set": [0, 7, 9, {1: 2, 2: 811, 5: {5: "silver"}, 16: 3}, {1: IDEM, 2: 30000}],
    "request_as_of": [0, 8, 12, {1: 2, 2: 811, 12: 824373000000000}, {}],
    "request_print": [0, 9, 13, {1: 10, 3: "C/KK/26/000001", 18: "pdf"}, {}],
    "request_batch": [0, 10, 14, {15: [[8, {1: 1, 5: {"name": "Al Noor"}}],
                                       ["act", {1: "policy", 4: "quote", 5: {"customer": "$0"}}]]}, {1: IDEM}],
    "reply_hello": reply(0, 0, {8: SCHEMA, 9: ME, 12: [1, "bimad 0.1.0", HASH]}),
    "reply_record": reply(7, 0, {1: RECORD, 3: [ISSUE]}, {1: True, 2: 1834, 4: "03c696682703"}),
    "reply_page": reply(4, 0, {2: [6, [1, 1, 4, 4, 9, 9, 12, 0],
                                   [[1841, 2, "KK/26/001841", 61950000, [811, "T 337 DSE"], None],
                                    [1842, 1, "KK/26/001842", None, 812, None]], b"\x05\x06", 1000, True]}),
    "reply_page_sums": reply(15, 0, {2: [6, [4, 0], [], b"", 2, False, b"\x09", [4, 123900000]]}),
    "reply_page_bare": reply(17, 0, {2: [6, [9, 1], [[0, 2, "T 337 DSE"], [0, 1, "T 337 DSE"]], b"", -1, False, b"", [],
                                         (1841).to_bytes(4, "big") + (4026531841).to_bytes(4, "big")]}),
    "reply_events": reply(11, 0, {4: [[EVENT], b""]}),
    "reply_hits": reply(3, 0, {5: [[REF_VEHICLE, "Salma Ibrahim \u00b7 comprehensive until 2026-11-30", "plate"]]}),
    "reply_home": reply(12, 0, {6: HOME}),
    "reply_file": reply(9, 0, {7: ["certificate.txt", "text/plain", b"BIMA\n"]}),
    "reply_results": reply(10, 0, {10: [{1: [1, 4711, 1, "Salma Ibrahim", []]}, {}]}),
    "reply_status": reply(13, 0, {13: ["version", "0.1.0", "today", "2026-03-01"]}),
    "reply_error": reply(6, 36, {11: ["CONFIRM", "this looks like a record that exists; confirm with a reason",
                                      "phone", False, [[1, 4711, "Salma Ibrahim"]], [ISSUE], "9f2c"]}, {3: 250}),
}


def annotated(value, depth=0):
    """Lines of hex, one item a line, with what they mean behind a #."""
    pad = "  " * depth
    if isinstance(value, list):
        head = cbor2.dumps([0] * len(value))[:-len(value)] if value else b"\x80"
        return [f"{pad}{head.hex()}  # array of {len(value)}"] + [
            line for item in value for line in annotated(item, depth + 1)]
    if isinstance(value, dict):
        head = cbor2.dumps({i: 0 for i in range(len(value))})[:1]
        assert len(value) < 24
        lines = [f"{pad}{head.hex()}  # map of {len(value)}"]
        for key, item in value.items():
            lines += annotated(key, depth + 1) + annotated(item, depth + 2)
        return lines
    return [f"{pad}{cbor2.dumps(value).hex()}  # {ascii(value)}"]


def dictionary():
    text = DICTIONARY.read_text()
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text[text.index("words[]"):])).encode()


def frames():
    """One plain frame, one filler and one deflated frame: (annotated lines, bytes)."""
    ping = cbor2.dumps(MESSAGES["ping"])
    home = cbor2.dumps(MESSAGES["reply_home"])
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, dictionary())
    packed = struct.pack(">I", len(home)) + packer.compress(home) + packer.flush()
    parts = [("a ping in a plain frame", struct.pack(">I", len(ping) << 8) + ping),
             ("a filler", bytes(4)),
             ("reply_home in a deflated frame", struct.pack(">I", len(packed) << 8 | 1) + packed)]
    return [f"{data.hex()}  # {what}" for what, data in parts]


def frames_are_right(data):
    """Another zlib may pack otherwise: what counts is what comes out."""
    ping = cbor2.dumps(MESSAGES["ping"])
    plain = struct.pack(">I", len(ping) << 8) + ping + bytes(4)
    head, size = struct.unpack(">II", data[len(plain):len(plain) + 8])
    unpacker = zlib.decompressobj(-15, dictionary())
    home = unpacker.decompress(data[len(plain) + 8:])
    return (data.startswith(plain) and head == (len(data) - len(plain) - 4) << 8 | 1 and size == len(home)
            and home == cbor2.dumps(MESSAGES["reply_home"]) and unpacker.eof)


def unhex(text):
    return bytes.fromhex(re.sub(r"#.*", "", text))


def files():
    out = {name: annotated(value) for name, value in MESSAGES.items()}
    out["frames"] = frames()
    return {f"{name}.hex": "\n".join(lines) + "\n" for name, lines in out.items()}


def main():
    wanted = files()
    if sys.argv[1:] == ["--write"]:
        for name, text in wanted.items():
            (GOLDEN / name).write_text(text)
        return 0
    wrong = []
    for name, text in wanted.items():
        path = GOLDEN / name
        if name == "frames.hex":
            good = path.exists() and frames_are_right(unhex(path.read_text()))
        else:
            good = path.exists() and path.read_text() == text
        if not good:
            wrong.append(f"{name} differs from what cbor2 writes")
    wrong += [f"{p.name} is not described here" for p in GOLDEN.glob("*") if p.name not in wanted]
    for name, value in MESSAGES.items():
        data = unhex(wanted[f"{name}.hex"])
        if cbor2.loads(data) != value or cbor2.dumps(value) != data:
            wrong.append(f"{name}: its lines are not one whole message")
    print("\n".join(wrong) or f"{len(wanted)} golden files agree with cbor2")
    return 1 if wrong else 0


sys.exit(main())
