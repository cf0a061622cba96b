#!/usr/bin/env python3
"""Checks what a database with the extension dnc says of its Do-Not-Call list, without trusting the database.

Needs Python 3.9 and the package "cryptography" (Debian and Ubuntu: python3-cryptography). It knows the formats below and
nothing else of dnc; whoever doubts it may write another one from this text.

The log. Every change of the list is a row of a log. A row's text is a JSON object without white space, with the keys
actor, commitment, effective_role, format, logged_at, operation, relation, row_key, seq and session_role. What was changed
stands beside it in "before" and "after" (JSON texts, or null), which can be erased; the row keeps their commitment,
    SHA-256(salt || part(before) || part(after)), part = 00 for null, else 01 || length in 8 bytes || UTF-8.

The tree. Leaf = SHA-256(00 || text), node = SHA-256(01 || left || right), in the shape of RFC 6962. Each seal adds the rows
since the last one, and as the last leaf its own text: a JSON object with, among others,
    seal, rows   its number, from 1 without gaps, and the rows that it added
    tree_size    leaves, that one included
    complete_to  every row logged before is in the tree
    state_root   root of the map, state_size: the map tells of positions below it, state_key: HMAC-SHA-256(key, "dnc state key")

The checkpoint. A signed note (C2SP tlog-checkpoint): lines with the log's name, its size, its root in base64; an empty
line; lines "— name base64(key id || signature)". The signature is Ed25519's over the first three lines. A witness signs
them too, or "cosignature/v1\\ntime T\\n" and them, with T in 8 bytes before the signature. A verifier's key ("vkey") is
name+id+base64(type || public key), id = the first 4 bytes of SHA-256(name || 0A || type || public key), in hexadecimal;
type 01 signs the text, type 04 makes cosignatures.

The map. A name such as phone:+14155550100 has a place, HMAC-SHA-256(key named state, name), its first 16 bytes. The map
leads from places to ascending positions of rows that speak of the name. It is a binary tree over the bits of places, the
first bit at the root: nothing = 32 bytes 00; a subtree with one place = SHA-256(00 || place || count || positions), numbers
in 8 bytes, big-endian; any other = SHA-256(01 || left || right). A way that ends in nothing or in another place proves that
there are no rows.

What no certificate can show by itself. Who holds the log's keys can make another log: a witness, who signs only what grows
out of what it signed last, prevents that. He can seal a map that leaves rows out: who has kept the proof of a row, given
with --receipt, finds that out, and so does an audit of the whole log. Which place is whose can be checked only with the key
named state. That every request came into the log at all, no log can show.

Exit status: 0: all that was checked holds; 1: something is wrong, the first thing is named; 2: usage, or input that is
no such document.
"""
import argparse, base64, binascii, hashlib, hmac, json, math, re, sys, time

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError:
    print("the Python package cryptography is needed (Debian and Ubuntu: python3-cryptography)", file=sys.stderr)
    sys.exit(2)

PLAIN, COSIGNED = 1, 4
LOG_KEYS = {"actor", "commitment", "effective_role", "format", "logged_at", "operation", "relation", "row_key", "seq", "session_role"}
SEAL_KEYS = {"accepted", "complete_to", "format", "loaded_rows", "origin", "rows", "seal", "sealed_at", "sealed_by", "state_key", "state_root", "state_size", "tree_size"}


class Wrong(Exception):
    """What the document says does not hold."""


class Unreadable(Exception):
    """This is no such document."""


# --- Reading what nobody vouches for -----------------------------------------------------------------------------------

def pairs(items):
    # Of two values under one key, readers could take either.
    if len(dict(items)) < len(items):
        raise Unreadable("JSON with a key twice")
    return dict(items)


def parse(text, what):
    def refuse(constant):
        raise Unreadable(f"{what}: {constant} is no JSON")
    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError) as why:
        raise Unreadable(f"{what}: not JSON ({str(why)[:80]})") from None
    if not isinstance(document, dict):
        raise Unreadable(f"{what}: not a JSON object")
    return document


def read(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as why:
        raise Unreadable(f"{path}: {why}") from None


def get(document, key, kind, null=False):
    """A member of exactly this type; with null=True it may be null."""
    if key not in document:
        raise Unreadable(f"{key} is missing")
    value = document[key]
    if type(value) is not kind and not (null and value is None):
        raise Unreadable(f"{key} is no {kind.__name__}")
    if kind is int and value is not None and not -2**63 <= value < 2**63:
        raise Unreadable(f"{key} is out of range")
    return value


def objects(document, key):
    values = get(document, key, list)
    if not all(isinstance(value, dict) for value in values):
        raise Unreadable(f"{key} holds something that is no object")
    return values


def utf8(text):
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Unreadable("half a character in a text") from None


def unbase64(text, length=None, what="base64"):
    try:
        value = base64.b64decode(utf8(text), validate=True) if isinstance(text, str) else None
    except binascii.Error:
        value = None
    # One spelling only, so that a changed character is a changed value.
    if value is None or base64.b64encode(value).decode() != text or length not in (None, len(value)):
        raise Unreadable(f"{what}: not {length or 'some'} bytes in base64")
    return value


def hashes(document, key):
    values = get(document, key, list)
    if len(values) > 128:
        raise Unreadable(f"{key} is too long")
    return [unbase64(value, 32, key) for value in values]


def unhex(text, what, length=None):
    if not isinstance(text, str) or not re.fullmatch("([0-9a-fA-F]{2})+", text) or length not in (None, len(text) // 2):
        raise Unreadable(f"{what}: not {length or 'some'} bytes in hexadecimal")
    return bytes.fromhex(text)


def instant(text):
    """A time in UTC as something that compares."""
    if text in ("infinity", "-infinity"):
        return (math.inf if text == "infinity" else -math.inf,)
    found = isinstance(text, str) and re.fullmatch(r"(-?\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)", text, re.ASCII)
    if not found:
        raise Unreadable(f"{str(text)[:40]!r} is no time in UTC")
    return tuple(int(part) for part in found.groups()[:6]) + (int((found[7] or "0").ljust(6, "0")),)


# --- Hashes: RFC 6962 and RFC 9162, sections 2.1.3.2 and 2.1.4.2 ---------------------------------------------------------

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf(text):
    return sha(b"\0", utf8(text))


def node(left, right):
    return sha(b"\1", left, right)


def eight(number):
    return number.to_bytes(8, "big")


def climb(at, last, path, ours, theirs=None):
    """Goes up a tree from a node; the hashes with all siblings, and with those on the left only. None: the path has another length."""
    theirs = ours if theirs is None else theirs
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            ours, theirs = node(sibling, ours), node(sibling, theirs)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            ours = node(ours, sibling)
        at, last = at >> 1, last >> 1
    return (ours, theirs) if last == 0 else None


def check_included(text, position, path, tree, what):
    if not 0 <= position < tree.size:
        raise Wrong(f"{what}: position {position} is not in the tree of {tree.size} leaves")
    top = climb(position, tree.size - 1, path, leaf(text))
    if top is None or top[0] != tree.root:
        raise Wrong(f"{what}: the path does not lead from its text at position {position} to the root that was signed")


def check_extends(old, new, path):
    if old.origin != new.origin:
        raise Wrong(f"these are checkpoints of two logs, {old.origin} and {new.origin}")
    if old.size > new.size:
        raise Wrong(f"the tree was longer before: {old.size} leaves, now {new.size}")
    if old.size in (0, new.size):
        fine = not path and old.root == (new.root if old.size == new.size else sha())
    else:
        path = ([old.root] if old.size & (old.size - 1) == 0 else []) + path
        at, last = old.size - 1, new.size - 1
        while at & 1:
            at, last = at >> 1, last >> 1
        top = climb(at, last, path[1:], path[0]) if path else None
        fine = top == (new.root, old.root)
    if not fine:
        raise Wrong(f"the tree of {new.size} leaves is not shown to begin with that of {old.size}: history was changed, or the proof is another's")


# --- Checkpoints --------------------------------------------------------------------------------------------------------

class Key:
    """A verifier's key."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        if len(parts) != 3 or not re.fullmatch(r"\S+", parts[0]):
            raise Unreadable(f"{vkey[:60]!r} is no key: name+id+base64")
        self.name, blob = parts[0], unbase64(parts[2], 33, "the key")
        self.kind, self.id = blob[0], sha(utf8(self.name), b"\n", blob)[:4]
        if self.kind not in (PLAIN, COSIGNED) or parts[1] != self.id.hex():
            raise Unreadable(f"the key of {self.name} has another type or id than it says")
        self.public = Ed25519PublicKey.from_public_bytes(blob[1:])


class Checkpoint:
    """A note, taken apart."""

    def __init__(self, note, what):
        # A copy from a mail, a client or another system has other line ends, or one too many.
        note = note.replace("\r\n", "\n").rstrip("\n") + "\n"
        head, gap, below = note.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(note) > 16384 or len(lines) < 3 or not lines[0] or not re.fullmatch("0|[1-9][0-9]{0,17}", lines[1]):
            raise Unreadable(f"{what}: no checkpoint: log, size, root, an empty line, signatures")
        self.note, self.text, self.origin, self.size = note, head + "\n", lines[0], int(lines[1])
        self.root, self.lines = unbase64(lines[2], 32, f"{what}: root"), []
        for line in below[:-1].split("\n"):
            found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
            blob = unbase64(found[2], None, f"{what}: signature") if found else b""
            if len(blob) < 5:
                raise Unreadable(f"{what}: a line below is no signature")
            self.lines.append((found[1], blob[:4], blob[4:]))

    def check_signed(self, key):
        """All signatures of this key are good, and there is one; the time of a cosignature."""
        when = None
        mine = [signature for name, id_, signature in self.lines if name == key.name and id_ == key.id]
        if not mine:
            raise Wrong(f"the checkpoint has no signature by the key of {key.name}")
        for signature in mine:
            message = self.text
            if key.kind == COSIGNED:
                when = int.from_bytes(signature[:8], "big")
                message, signature = f"cosignature/v1\ntime {when}\n{message}", signature[8:]
            try:
                key.public.verify(signature, utf8(message))
            except InvalidSignature:
                raise Wrong(f"the signature by {key.name} is not over this checkpoint") from None
        return when

    def check_by_log(self, key):
        if self.origin != key.name:
            raise Wrong(f"the checkpoint is of the log {self.origin}, the key of {key.name}")
        self.check_signed(key)
        return self


def say(what, text):
    print(f"{what:12} {one_line(text)}")


def one_line(text):
    """Names and reasons come from the document, and could make up lines of their own."""
    return "".join(c if c.isprintable() else "?" for c in str(text))


def say_witness(checkpoint, key):
    when = checkpoint.check_signed(key)
    say("proven:", f"{key.name} has witnessed the checkpoint" + (f", at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(when))} UTC" if when is not None and when < 2**37 else ""))


# --- Rows of the log ----------------------------------------------------------------------------------------------------

class Row:
    """A row that was shown to be in the tree, with its data if they are still there."""

    def __init__(self, document, tree):
        self.position = get(document, "position", int)
        what = f"row at position {self.position}"
        text, data, path = get(document, "log", str, True), get(document, "data", dict, True), hashes(document, "path")
        if text is None:
            raise Wrong(f"{what}: the database has lost it")
        check_included(text, self.position, path, tree, what)
        log = parse(text, what)
        if set(log) != LOG_KEYS or get(log, "format", int) != 1:
            raise Unreadable(f"{what}: its text is no row of a log in format 1")
        self.seq, self.relation, self.operation, self.key = get(log, "seq", int), get(log, "relation", str), get(log, "operation", str), get(log, "row_key", str)
        self.logged_at, self.log, self.data, self.before, self.after = instant(log["logged_at"]), log, data, None, None
        if get(document, "seq", int) != self.seq:
            raise Wrong(f"{what}: it is change {self.seq}, not {document['seq']}")
        if data is not None:
            before, after = get(data, "before", str, True), get(data, "after", str, True)
            part = lambda text: b"\0" if text is None else b"\1" + eight(len(utf8(text))) + utf8(text)
            if sha(unbase64(data.get("salt"), 32, "salt"), part(before), part(after)) != unhex(log["commitment"], "commitment", 32):
                raise Wrong(f"{what}: the data are not those that the row commits to")
            self.before, self.after = (None if side is None else parse(side, what) for side in (before, after))

    def names(self):
        """Whom or what the row speaks of."""
        if self.relation in ("prefix_entry", "rule", "rule_decision"):
            return {"prefixes" if self.relation == "prefix_entry" else "rules"}
        found = set()
        for side in filter(None, (self.before, self.after)):
            if isinstance(side.get("phone"), str):
                found.add(f"phone:{side['phone']}")
            elif isinstance(side.get("key_id"), str) and type(side.get("pseudonym")) is type(side.get("pseudonym_low")) is int:
                found.add("pseudonym:%s:%016x%016x" % (side["key_id"], side["pseudonym"] % 2**64, side["pseudonym_low"] % 2**64))
            elif self.relation in ("list", "list_version") and isinstance(side.get("list"), str):
                found.add(f"list:{side['list']}")
        return found


# --- The map ------------------------------------------------------------------------------------------------------------

def positions_of(place, siblings, end, root, what):
    """The positions of a place, as the way through the map proves them."""
    bit = lambda of, depth: of[depth // 8] >> (7 - depth % 8) & 1
    found, hashed = [], bytes(32)
    if end is not None:
        other, listed = unbase64(end.get("place"), 16, f"{what}: ends_in"), get(end, "positions", list)
        if not all(type(p) is int and 0 <= p < 2**63 for p in listed):
            raise Unreadable(f"{what}: positions that are none")
        if any(bit(other, depth) != bit(place, depth) for depth in range(len(siblings))):
            raise Wrong(f"{what}: the way ends in a place that does not lie on it")
        hashed = sha(b"\0", other, eight(len(listed)), *map(eight, listed))
        found = listed if other == place else []
    for depth in reversed(range(len(siblings))):
        hashed = node(siblings[depth], hashed) if bit(place, depth) else node(hashed, siblings[depth])
    if hashed != root:
        raise Wrong(f"{what}: the way through the map does not lead to the root that was sealed")
    return found


# --- What the proven rows mean ------------------------------------------------------------------------------------------

def covers(upper, purpose):
    """Whether a purpose is another or above it: acme is above acme/offers."""
    return upper is not None and purpose is not None and (purpose == upper or purpose.startswith(upper + "/"))


def meets(refusal, channel, purpose):
    """Whether a question is about something that the refusal refuses, in whole or in part. None asks about any."""
    return ((channel is None or refusal["channel"] in ("all", channel))
            and (purpose is None or refusal["purpose"] is None or covers(refusal["purpose"], purpose) or covers(purpose, refusal["purpose"])))


def ends_all(ending, refusal, channel, purpose):
    """Whether an ending takes back all of what the question meets of the refusal."""
    met = refusal["purpose"] if covers(purpose, refusal["purpose"]) or purpose is None else purpose
    return ending["channel"] in ("all", channel or refusal["channel"]) and (ending["purpose"] is None or covers(ending["purpose"], met))


ID = {"entry": "entry_id", "pseudonym": "pseudonym_id", "prefix_entry": "prefix_id"}


def refused(rows, number, at, channel, purpose):
    """Whether a refusal in these rows held at a time, as far as was recorded by then: True, False, or None, and the row by which it is so:
    the refusal, or one whose data are gone. An ending counts only if it was in the log by then, since who writes a row says when it was recorded."""
    known, gone = {}, {(r.relation, r.key) for r in rows if r.operation == "ERASE" and r.logged_at <= at}
    lost = None
    for row in rows:
        if row.relation not in ID or row.operation == "ERASE" or (row.relation, row.key) in gone:
            continue
        if row.data is None:
            lost = row
            continue
        what = f"row at position {row.position}"
        if row.operation != "INSERT" or row.before is not None or row.after is None or (row.relation, row.key) in known:
            raise Wrong(f"{what}: {row.operation} of {row.relation} {row.key}, but refusals are history and never changed")
        e = dict(row.after, row=row)
        for column, kind, null in (("channel", str, False), ("purpose", str, True), ("kind", str, False), ("ends", int, True), (ID[row.relation], int, False)):
            get(e, column, kind, null)
        if str(e[ID[row.relation]]) != row.key or (e["kind"] == "refusal") != (e["ends"] is None):
            raise Wrong(f"{what}: its data contradict themselves")
        e["received"], e["until"] = instant(e.get("received_at")), instant(e.get("expires_at"))
        e["recorded"] = e["received"] if row.relation == "prefix_entry" else instant(e.get("recorded_at"))
        start = "-infinity" if row.relation == "prefix_entry" else e.get("effective_at")
        e["from"] = e["received"] if start == "-infinity" else instant(start)
        if row.relation == "prefix_entry" and not number.startswith(get(e, "prefix", str)):
            continue
        if e["recorded"] <= at:
            known[row.relation, row.key] = e
    ended = lambda relation, key, e: any(r == relation and str(w["ends"]) == key and w["received"] <= at and w["row"].logged_at <= at and ends_all(w, e, channel, purpose) for (r, _), w in known.items())
    for (relation, key), e in known.items():
        if e["ends"] is None and meets(e, channel, purpose) and e["from"] <= at < e["until"] and not ended(relation, key, e):
            return True, e["row"]
    return (None, lost) if lost else (False, None)


# --- Commands -----------------------------------------------------------------------------------------------------------

def document(path, format_):
    found = parse(read(path), path)
    if found.get("format") != format_:
        raise Unreadable(f"{path}: not in the format {format_}")
    return found


def signed_tree(found, key):
    note = get(found, "checkpoint", str, True)
    if note is None:
        raise Wrong("the checkpoint is not signed: nothing is proven")
    return Checkpoint(note, "checkpoint").check_by_log(key)


def included(path, key):
    found = document(path, "dnc-inclusion/1")
    tree = signed_tree(found, key)
    return Row(found, tree), tree


def command_inclusion(options):
    row, tree = included(options.file, Key(options.key))
    say("proven:", f"change {row.seq} ({row.operation} of {row.relation} {row.key}) is at position {row.position} of {tree.size} in the log {tree.origin}")
    say("proven:" if row.data else "not checked:", "the data are those that were logged" if row.data else "data, which are erased")
    say("said:", f"logged at {row.log['logged_at']} by {row.log['session_role']}")


def grown(path, key, old):
    found = document(path, "dnc-consistency/1")
    new = signed_tree(found, key)
    if get(found, "since", int) != old.size or unbase64(get(found, "since_root", str), 32, "since_root") != old.root:
        raise Wrong(f"the proof is about a tree of {found['since']} leaves, not the {old.size} leaves of the checkpoint that was kept, or its root was another")
    check_extends(old, new, hashes(found, "path"))
    return new


def command_consistency(options):
    key = Key(options.key)
    old = Checkpoint(read(options.old), options.old).check_by_log(key)
    new = grown(options.file, key, old)
    say("proven:", f"the log {new.origin} of {new.size} leaves begins with the {old.size} leaves that it had")


def command_checkpoint(options):
    note = Checkpoint(read(options.file), options.file).check_by_log(Key(options.key))
    say("proven:", f"the log {note.origin} has signed for {note.size} leaves")
    for vkey in options.witness:
        say_witness(note, Key(vkey))


def command_cosign(options):
    key, note = Key(options.key), Checkpoint(read(options.file), options.file)
    note.check_by_log(key)
    seed = Ed25519PrivateKey.from_private_bytes(unhex(read(options.seed_file).strip(), options.seed_file, 32))
    if not re.fullmatch(r"[^\s+]+", options.name) or (options.last is None) != (options.proof is None):
        raise Unreadable("a name has no spaces and no plus sign; --last and --proof go together")
    kind = bytes([PLAIN if options.plain else COSIGNED]) + seed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    id_ = sha(utf8(options.name), b"\n", kind)[:4]
    mine = f"{options.name}+{id_.hex()}+{base64.b64encode(kind).decode()}"
    if options.last:
        last = Checkpoint(read(options.last), options.last).check_by_log(key)
        last.check_signed(Key(mine))
        if grown(options.proof, key, last).text != note.text:
            raise Wrong("the proof is about another checkpoint than the one to be signed")
    now = int(time.time())
    signature = seed.sign(utf8(note.text)) if options.plain else eight(now) + seed.sign(utf8(f"cosignature/v1\ntime {now}\n{note.text}"))
    print(f"{note.note}— {options.name} {base64.b64encode(id_ + signature).decode()}")
    print(f"verified by: {mine}" + ("" if options.last else "\nthe first checkpoint that is signed: it was compared with none"), file=sys.stderr)


def read_seal(shown, tree, size):
    """A seal's own text, which is the last leaf of its tree of this size."""
    text, position = get(shown, "text", str), get(shown, "position", int)
    if position != size - 1:
        raise Wrong(f"the seal is at position {position}, not the last of {size}")
    check_included(text, position, hashes(shown, "path"), tree, "seal")
    seal = parse(text, "seal")
    if set(seal) != SEAL_KEYS or get(seal, "format", int) != 1 or get(seal, "tree_size", int) != size or seal["origin"] != tree.origin:
        raise Wrong("the last leaf is not the seal of this tree")
    seal["complete"] = instant(seal["complete_to"])
    size = get(seal, "state_size", int, True)
    if size is not None and not 0 <= size < seal["tree_size"]:
        raise Wrong("the seal's map tells of more than the tree has")
    return seal


def check_not_backdated(found, tree, seal, at, rows):
    """What came into the log after a seal that was complete to a time was not logged before that time, whatever it says. All
    seals must be shown from the last on that was not complete to the time asked about, so that none of them is kept back."""
    chain = [seal]
    for shown in reversed(objects(found, "earlier")):
        # Where the one before must have ended, by the seal after it.
        chain.append(read_seal(shown, tree, chain[-1]["tree_size"] - get(chain[-1], "rows", int) - 1))
        if get(chain[-1], "seal", int) != get(chain[-2], "seal", int) - 1:
            raise Wrong(f"the seal before seal {chain[-2]['seal']} is not shown")
    if chain[-1]["seal"] != 1 and (len(chain) == 1 or chain[-1]["complete"] >= at):
        raise Wrong(f"seal {chain[-1]['seal']} may not be the first that is complete to the time asked about: the one before it is not shown")
    for row in rows:
        for before in chain[1:]:
            if row.relation in ID and row.logged_at < before["complete"] and row.position >= before["tree_size"]:
                raise Wrong(f"row at position {row.position} says that it was logged at {row.log['logged_at']}, but seal {before['seal']}, complete to {before['complete_to']}, had no such row: it was dated back")


def read_forms(found, number):
    """The forms of the number's line: an opt-out of any of them is one of the number. Which they are is said only."""
    forms = get(found, "forms", list)
    if not all(isinstance(form, str) for form in forms) or len(set(forms)) != len(forms) or forms[:1] != [number]:
        raise Wrong(f"forms do not begin with {number}, so this is not the number of the certificate")
    return forms


def read_places(found, number, forms, seal, key):
    """The names of the certificate with the positions that the map proves."""
    root, proven = unhex(seal["state_root"], "state_root", 32), {}
    if key is not None and hmac.new(key, b"dnc state key", hashlib.sha256).digest() != unhex(seal["state_key"], "state_key", 32):
        raise Wrong("the key named state that was given is not the one of the seal")
    for way in objects(found, "places"):
        name, place = get(way, "name", str), unbase64(way.get("place"), 16, "place")
        if name in proven or not re.match("(phone|pseudonym|list):|(prefixes|rules)$", name):
            raise Wrong(f"{name[:80]}: there twice, or no such name")
        if key is not None and hmac.new(key, utf8(name), hashlib.sha256).digest()[:16] != place:
            raise Wrong(f"{name}: this is not its place")
        proven[name] = positions_of(place, hashes(way, "siblings"), get(way, "ends_in", dict, True), root, name)
        if proven[name] != way.get("positions"):
            raise Wrong(f"{name}: positions are not those that the map proves")
        if any(a >= b for a, b in zip(proven[name], proven[name][1:] + [seal["state_size"]])):
            raise Wrong(f"{name}: positions do not ascend below {seal['state_size']}")
        if name.startswith("phone:") and name[6:] not in forms:
            raise Wrong(f"{name}: not the number of the certificate")
    for name in [f"phone:{form}" for form in forms] + ["prefixes"]:
        if name not in proven:
            raise Wrong(f"the way through the map to {name} is missing")
    return proven


def read_rows(found, proven, tree, size):
    """The rows, each proven, at the positions of the names; of the number and of prefixes all of them."""
    rows = {}
    for shown in objects(found, "rows"):
        row = Row(shown, tree)
        if row.position in rows or row.position >= size:
            raise Wrong(f"row at position {row.position}: there twice, or beyond what the map tells of")
        rows[row.position] = row
    spoken = {position: name for name in proven for position in proven[name]}
    lost = {(r.relation, r.key) for r in rows.values() if r.data is None}
    for position, row in rows.items():
        # The erasure of a row speaks of nobody, and is shown beside the row that has no data any more.
        if position not in spoken and not (row.operation == "ERASE" and (row.relation, row.key) in lost):
            raise Wrong(f"row at position {position}: the map says that it speaks of none of the names")
        if row.data is not None and not (position not in spoken or any(position in proven[name] for name in row.names() & set(proven))):
            raise Wrong(f"row at position {position}: its data do not speak of {spoken[position]}")
    for name, positions in proven.items():
        for position in positions:
            if position not in rows and not name.startswith("list:") and name != "rules":
                raise Wrong(f"row at position {position}, which speaks of {name}, is missing")
            if position in rows and rows[position].data is not None and name not in rows[position].names():
                raise Wrong(f"row at position {position}: its data do not speak of {name}")
    return [rows[position] for position in sorted(rows)]


def command_certificate(options):
    key = Key(options.key)
    found = document(options.file, "dnc-certificate/1")
    number, at_text, listed = get(found, "number", str), get(found, "at", str), get(found, "listed", bool, True)
    channel, purpose, at = get(found, "channel", str), get(found, "purpose", str, True), instant(at_text)
    state_key = None if options.state_key is None else unhex(options.state_key, "--state-key")
    if len(options.witness) != len(options.checkpoint):
        raise Unreadable("each --witness needs a --checkpoint, the note with its signature")
    tree = signed_tree(found, key)
    if unbase64(get(found, "root", str), 32, "root") != tree.root:
        raise Wrong("root is not that of the checkpoint")
    say("proven:", f"the log {tree.origin} has signed for {tree.size} leaves")
    for vkey, path in zip(options.witness, options.checkpoint):
        witnessed = Checkpoint(read(path), path)
        if witnessed.text != tree.text:
            raise Wrong(f"{path} is not the checkpoint of the certificate")
        say_witness(witnessed, Key(vkey))
    seal = read_seal(get(found, "seal", dict), tree, tree.size)
    # A seal may carry the map of an earlier one: then its last rows are told of nowhere.
    complete = seal["state_size"] == tree.size - 1 and seal["complete"] >= at
    if get(found, "complete", bool) != complete:
        raise Wrong(f"complete is {found['complete']}, but the seal is complete to {seal['complete_to']}, its map to {seal['state_size']} of {tree.size - 1} rows")
    if not complete and not options.allow_incomplete:
        raise Wrong(f"the seal is older than the time asked about: nothing is proven about {number} at {at_text}; it is complete to {seal['complete_to']}")
    rows, mine, by = [], None, None
    if seal["state_size"] is None:
        say("not checked:", "everything about the number: the seal has no map")
    else:
        forms = read_forms(found, number)
        proven = read_places(found, number, forms, seal, state_key)
        rows = read_rows(found, proven, tree, seal["state_size"])
        say(*(("not checked:", "places (needs the key named state): that they are those of the number is said only") if state_key is None
              else ("proven:", f"the places of {number} are in the map, or are not")))
        if complete:
            check_not_backdated(found, tree, seal, at, rows)
        mine, by = False, None
        for form in forms:
            if mine is not True:
                found_mine, found_by = refused(rows, form, at, None if channel == "all" else channel, purpose)
                mine, by = (mine, by) if found_mine is False else (found_mine, found_by)
        check_receipts(options.receipt, key, proven, number, seal, {row.position: row for row in rows})
        say("proven:", f"{len(proven[f'phone:{number}'])} rows of the log speak of the number, {len(proven['prefixes'])} of prefixes; they are all there" + (", by the map" if len(rows) else ""))
    about = f"{number} at {at_text}, channel {channel}, purpose {'any' if purpose is None else purpose}"
    lists = objects(found, "lists")
    on = [str(x.get("list")) for x in lists if x.get("applies") == "check" and x.get("has") is True]
    pending = [x for x in objects(found, "not_covered") if x.get("relation") in ID]
    if complete and mine is True and listed is not True:
        raise Wrong(f"listed is {listed}, but a refusal in the log held, {by.relation} {by.key} at position {by.position}: {about}")
    if listed is False and on:
        raise Wrong(f"listed is false, but by the certificate itself the list {on[0]} has the number")
    if complete and mine is None and listed is False:
        raise Wrong(f"listed is false, but the data of {by.relation} {by.key} (row at position {by.position}) are gone, and may have been a refusal")
    if complete and mine is False and listed is True and not on and not pending:
        raise Wrong(f"listed is true, but no refusal in the log held, and no list has the number: {about}")
    if not complete:
        say("not proven:", f"whether it was refused: {about}; the seal is complete to {seal['complete_to']} only")
    elif mine is None:
        say("not proven:", f"whether it was refused: data of rows are erased: {about}")
    else:
        say("proven:", f"{'refused' if mine else 'NOT refused'} by the internal list, as the log has it: {about}")
    say("said:", f"listed: {listed}" + (f"; on the list {', '.join(on)}" if on else ""))
    for x in lists:
        say("said:", f"list {x.get('list')}, version {x.get('version')}: has the number: {x.get('has')}, doubt: {x.get('doubt')}")
    pseudonyms = [x["name"] for x in objects(found, "places") if str(x.get("name")).startswith("pseudonym:")]
    if pseudonyms:
        say("said:", f"the pseudonym of the number, were it erased: {', '.join(pseudonyms)}")
    decision = get(found, "decision", dict)
    say("said:", f"decision: allowed {decision.get('allowed')}, ground {decision.get('ground')}, rules {', '.join(str(x.get('rule')) for x in objects(found, 'rules')) or 'none'}")
    say("said:", f"the seal is complete to {seal['complete_to']}, made at {seal['sealed_at']} by {seal['sealed_by']}")
    if get(seal, "loaded_rows", int):
        say("said:", f"{seal['loaded_rows']} rows of the seal came from outside, taken in because: {seal['accepted']}")
    for x in objects(found, "not_covered"):
        say("not covered:", f"{x.get('relation')} {x.get('row')}, logged at {x.get('logged_at')}, sealed: {x.get('sealed')}")


def check_receipts(paths, key, proven, number, seal, rows):
    """Rows of the number that somebody has kept a proof of: a map that leaves one out is a false one."""
    size = seal["state_size"]
    for path in paths:
        kept, _ = included(path, key)
        if f"phone:{number}" not in kept.names():
            raise Wrong(f"{path}: this row does not speak of {number}, or has no data")
        if kept.position >= size and kept.logged_at >= seal["complete"]:
            say("not covered:", f"{path}: the row at position {kept.position} is newer than the seal")
        elif kept.position not in proven[f"phone:{number}"] or rows[kept.position].log != kept.log:
            raise Wrong(f"{path}: the log has a row of {number} at position {kept.position} that the certificate leaves out: the map of this seal is false")
        else:
            say("proven:", f"the row of {path} is among those of the number")


def main():
    parser = argparse.ArgumentParser(description="Checks proofs and certificates of the extension dnc.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, run, help_, *more):
        sub = commands.add_parser(name, help=help_)
        sub.add_argument("file")
        sub.add_argument("--key", required=True, metavar="VKEY", help="public key of the log: dnc_audit_key()")
        for flags, settings in more:
            sub.add_argument(flags, **settings)
        sub.set_defaults(run=run)

    witness = ("--witness", {"action": "append", "default": [], "metavar": "VKEY", "help": "public key of a witness who must have signed"})
    command("inclusion", command_inclusion, "a row is in the log: dnc_audit_proof(seq => …)")
    command("consistency", command_consistency, "the log only grew: dnc_audit_proof(since => …)", ("--old", {"required": True, "help": "the checkpoint that was kept"}))
    command("checkpoint", command_checkpoint, "a signed checkpoint", witness)
    command("certificate", command_certificate, "what was recorded about a number: dnc_certificate(…)", witness,
            ("--checkpoint", {"action": "append", "default": [], "metavar": "NOTE_FILE", "help": "the certificate's checkpoint as the witness signed it"}),
            ("--state-key", {"metavar": "HEX", "help": "the key named state, to check that places are those of the number"}),
            ("--receipt", {"action": "append", "default": [], "metavar": "FILE", "help": "proof of a row of the number that was kept: it must be among those of the certificate"}),
            ("--allow-incomplete", {"action": "store_true", "help": "accept a seal that is older than the time asked about"}))
    command("cosign", command_cosign, "for a witness: signs a checkpoint that extends the last one", ("--seed-file", {"required": True, "help": "32 bytes in hexadecimal"}),
            ("--name", {"required": True}), ("--last", {"help": "the last checkpoint that was signed"}), ("--proof", {"help": "dnc_audit_proof(since => size of the last one)"}),
            ("--plain", {"action": "store_true", "help": "without the time"}))
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        options.run(options)
    except Wrong as why:
        print(f"WRONG: {one_line(why)}")
        return 1
    except Unreadable as why:
        print(f"cannot read: {one_line(why)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
