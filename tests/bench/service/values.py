"""Values as they stand in binary on a line to PostgreSQL."""
import datetime
import struct

BOOL, BYTEA, INT8, INT2, INT4, TEXT, DATE, TIMESTAMPTZ = 16, 17, 20, 21, 23, 25, 1082, 1184
NAMES = {0: "text", BOOL: "boolean", BYTEA: "bytea", INT8: "bigint", INT2: "smallint", INT4: "int", TEXT: "text",
         DATE: "date", TIMESTAMPTZ: "timestamptz"}
DAY_ZERO = datetime.date(2000, 1, 1)
STAMP_ZERO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
INTEGERS = {INT2: "!h", INT4: "!i", INT8: "!q"}


def read_value(oid, raw):
    if raw is None:
        return None
    if oid in INTEGERS:
        return struct.unpack(INTEGERS[oid], raw)[0]
    if oid == BOOL:
        return raw != b"\0"
    if oid == BYTEA:
        return raw
    if oid == DATE:
        return DAY_ZERO + datetime.timedelta(days=struct.unpack("!i", raw)[0])
    if oid == TIMESTAMPTZ:
        return STAMP_ZERO + datetime.timedelta(microseconds=struct.unpack("!q", raw)[0])
    return raw.decode(errors="replace")


def write_value(value):
    """As text PostgreSQL reads."""
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value)
