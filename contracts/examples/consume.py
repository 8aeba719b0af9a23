"""Prints readings and health events with nothing but Python and the published files.

    kcat -C -b localhost:9092 -t caretaker.readings -u -f '%R%s' | python3 consume.py readings
    kcat -C -b localhost:9092 -t caretaker.health -u -f '%R%s' | python3 consume.py health
"""
import csv, json, pathlib, struct, sys

PUBLISHED = pathlib.Path(__file__).parent.parent / "src/main/resources/caretaker/v1"
COLUMNS = {int(row["field"]): row for row in csv.DictReader(open(PUBLISHED / "columns.csv", encoding="utf-8"))}


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    """Each field of a Protobuf message: its number and its value, a number or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if tag & 7 == 2 else ({1: 8, 5: 4}[tag & 7], at)
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


def readings(data):
    record = [*fields(data)]
    head = dict(record)  # agent_id (5) and sequence (6): seen before is a duplicate, a step of more than 1 is a gap
    if head[1] != 1:
        return print("a newer format", head[1])
    print(head[2].decode(), head[3], head[5].decode(), head[6])
    for gpu in (dict(fields(value)) for field, value in record if field == 7):
        for field in gpu.keys() & COLUMNS.keys():
            column, value = COLUMNS[field], gpu[field]
            if isinstance(value, int):  # fans are bytes: left out here
                value -= (value >> 63) << 64
                if int(column["min"]) <= value <= int(column["max"]):
                    labels = ['uuid="%s"' % gpu[1].decode(), *filter(None, column["labels"].split(";"))]
                    print("  %s{%s} %.12g" % (column["metric"], ",".join(labels), value * float(column["scale"])))


def health(data):
    event = json.loads(data)
    said = event["data"]
    print(event["time"], event["id"], said["host"], said["severity"], said["condition"], said["state"],
          said["entity"]["name"], said.get("message", ""))


while length := sys.stdin.buffer.read(4):
    length = struct.unpack(">i", length)[0]  # -1 for a record that only deletes
    if length >= 0:
        {"readings": readings, "health": health}[sys.argv[1]](sys.stdin.buffer.read(length))
