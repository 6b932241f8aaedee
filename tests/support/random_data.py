"""Random data definitions: everything that a simulator can draw, small enough for seconds."""

from __future__ import annotations

import random

ALPHABETS = {"DNA": "ACGT", "RNA": "ACGU", "protein": "ARNDCEQGHILKMFPSTWYV"}
SETS = ("training", "validation", "test")


def definition(seed: int) -> str:
    """A definition that both seqgra 0.0.4 and the compiler take."""
    draw = random.Random(seed)
    space = draw.choice(["DNA", "DNA", "RNA", "protein"])
    letters = ALPHABETS[space]
    shortest = draw.randint(40, 60)
    longest = shortest + draw.choice([0, 0, 7])
    conditions = [f"c{number}" for number in range(1, draw.choice([2, 3, 4, 4, 25]))]
    names = [f"se{number}" for number in range(1, draw.randint(2, 7))]
    elements = "".join(_element(draw, name, letters) for name in names)
    if len(conditions) > 20:
        rules = _alike(draw, conditions, names)
    else:
        rules = "".join(_condition(draw, name, names) for name in conditions)
    kinds = [(name,) for name in conditions]
    if draw.random() < 0.4:
        kinds += [tuple(conditions[:9]), tuple(draw.sample(conditions, 1)), ()]
    sets = "".join(_set(draw, name, kinds) for name in SETS)
    whats = [("", "")] * (draw.random() < 0.8)
    if draw.random() < 0.4:
        whats += [("", name) for name in conditions]
    if draw.random() < 0.3:
        whats += [("training", "")]
    if draw.random() < 0.3:
        whats += [(draw.choice(SETS[1:]), name) for name in conditions if draw.random() < 0.5]
    if not any(not cid and not name for name, cid in whats):
        whats += [("", name) for name in conditions if ("", name) not in whats]
    draw.shuffle(whats)
    backgrounds = "".join(_background(draw, name, cid, letters) for name, cid in whats)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<seqgradata>
<general id="random-{seed}"><name>n</name><description>d</description>
<task>multi-label classification</task><sequencespace>{space}</sequencespace>
<seed>{draw.choice([0, 1, seed, 2**31 - 1])}</seed></general>
<background><minlength>{shortest}</minlength><maxlength>{longest}</maxlength>
<alphabetdistributions>{backgrounds}</alphabetdistributions></background>
<datageneration><sets>{sets}</sets>{_operations(draw)}</datageneration>
<conditions>{rules}</conditions>
<sequenceelements>{elements}</sequenceelements>
</seqgradata>
"""


def _weighted(draw: random.Random, tag: str, texts: list[str]) -> str:
    weights = [
        draw.choice([round(draw.random(), draw.randint(1, 6)), 0.25, 0.25, 0]) for _ in texts
    ]
    weights[draw.randrange(len(weights))] = 0.5
    return "".join(
        f'<{tag} probability="{weight}">{text}</{tag}>'
        for text, weight in zip(texts, weights, strict=True)
    )


def _element(draw: random.Random, name: str, letters: str) -> str:
    if draw.random() < 0.4:
        words = {"".join(draw.choices(letters, k=draw.randint(2, 6))) for _ in range(4)}
        inside = f"<kmerbased>{_weighted(draw, 'kmer', sorted(words))}</kmerbased>"
    else:
        ordered = draw.random() < 0.6
        rows = []
        for _ in range(draw.randint(1, 6)):
            listed = list(letters) if ordered else draw.sample(letters, draw.randint(1, 4))
            rows.append(f"<position>{_weighted(draw, 'letter', listed)}</position>")
        inside = f"<matrixbased>{''.join(rows)}</matrixbased>"
    return f'<sequenceelement id="{name}">{inside}</sequenceelement>'


def _alike(draw: random.Random, conditions: list[str], names: list[str]) -> str:
    """Conditions that differ by their elements alone, but for one of them."""
    chosen, position, spacing = draw.choice([1, 2]), draw.choice(["random", "center"]), ""
    rules = []
    for number, name in enumerate(conditions):
        pair = [names[(number + place) % len(names)] for place in range(chosen)]
        if len(set(pair)) > 1:
            spacing = (
                f"<spacingconstraints>{_constraint(*pair, 2, 9, 'random')}</spacingconstraints>"
            )
        refs = "".join(f'<sequenceelementref sid="{each}"/>' for each in dict.fromkeys(pair))
        rules.append(
            f'<condition id="{name}"><label>{"".join(pair)}</label><description/><grammar><rule>'
            f"<position>{position}</position><probability>1.0</probability>"
            f"<sequenceelementrefs>{refs}</sequenceelementrefs>{spacing}</rule></grammar></condition>"
        )
    other = draw.randrange(len(rules))
    rules[other] = _condition(draw, conditions[other], names)
    return "".join(rules)


def _spacing(draw: random.Random, first: str, second: str) -> str:
    nearest = draw.randint(0, 4)
    farthest = nearest + draw.choice([0, 5, 90])
    return _constraint(first, second, nearest, farthest, draw.choice(["in-order", "random"]))


def _constraint(first: str, second: str, nearest: int, farthest: int, order: str) -> str:
    return (
        f'<spacingconstraint sid1="{first}" sid2="{second}" mindistance="{nearest}" '
        f'maxdistance="{farthest}" order="{order}"/>'
    )


def _condition(draw: random.Random, name: str, names: list[str]) -> str:
    exclusive = draw.random() < 0.4
    rules = []
    for _ in range(draw.randint(1, 3)):
        chosen = draw.sample(names, min(len(names), draw.randint(1, 4)))
        refs = "".join(f'<sequenceelementref sid="{each}"/>' for each in chosen)
        spacing = ""
        if len(chosen) > 1 and draw.random() < 0.6:
            pairs = [chosen[2:], chosen[:2]] if len(chosen) > 3 else [chosen[:2]]
            spacing = "".join(_spacing(draw, *draw.sample(pair, 2)) for pair in pairs)
            spacing = f"<spacingconstraints>{spacing}</spacingconstraints>"
        position = draw.choice(["random", "random", "start", "end", "center", 1, 9])
        probability = draw.choice([1.0, 0.5, 0.3])
        rules.append(
            f"<rule><position>{position}</position><probability>{probability}</probability>"
            f"<sequenceelementrefs>{refs}</sequenceelementrefs>{spacing}</rule>"
        )
    mode = f"<mode>{'mutually exclusive' if exclusive else 'sequential'}</mode>"
    return (
        f'<condition id="{name}"><label>l</label><description>d</description>{mode}'
        f"<grammar>{''.join(rules)}</grammar></condition>"
    )


def _set(draw: random.Random, name: str, kinds: list[tuple[str, ...]]) -> str:
    examples = "".join(
        f'<example samples="{draw.randint(1, 9)}">'
        + "".join(f'<conditionref cid="{id}"/>' for id in kind)
        + "</example>"
        for kind in kinds
    )
    return f'<set name="{name}">{examples}</set>'


def _background(draw: random.Random, name: str, cid: str, letters: str) -> str:
    attributes = f' setname="{name}"' * bool(name) + f' cid="{cid}"' * bool(cid)
    listed = draw.sample(letters, len(letters))
    return (
        f"<alphabetdistribution{attributes}>{_weighted(draw, 'letter', listed)}"
        "</alphabetdistribution>"
    )


def _operations(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return ""
    operations = ""
    for number in range(draw.choice([1, 1, 2])):
        k = draw.choice([None, 1, 2, 3, 4, 6])
        attribute = "" if k is None else f' k="{k}"'
        operations += f'<operation labels="s{number}"{attribute}>kmer-frequency-preserving-shuffle</operation>'
    return f"<postprocessing>{operations}</postprocessing>"
