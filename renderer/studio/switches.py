"""A job and what was switched in the studio → the same job, printed otherwise; nothing is written into its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from renderer.model.insurer import CardCorner
from renderer.model.job import InserterMarks, Job, Route
from renderer.model.paper import ENVELOPES, EnvelopeSize
from renderer.studio.parts import Choice, Fact, Words

YES, NO = "yes", "no"
_ENVELOPES = {"長3": ("長形3号", "Naga 3"), "洋長3": ("洋長3", "Yonaga 3")}
"""Short name → what people call it."""
_SHOWN = (Choice(value=YES, label=Words(ja="有", en="yes")), Choice(value=NO, label=Words(ja="無", en="no")))


def _choices(**labels: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, label=Words(ja=ja, en=en)) for value, (ja, en) in labels.items())


def switches_of(job: Job, given: Job, titles: tuple[str, ...]) -> tuple[Fact, ...]:
    """Return what can be switched, as the job has it that is shown; ``given`` is the job without any switch."""
    insurer, mailing = job.insurer, job.mailing
    facts = [
        Fact(
            name="title",
            label=Words(ja="標題", en="title"),
            choices=tuple(Choice(value=title, label=Words(ja=title, en=title)) for title in titles),
            value=job.title,
        ),
        Fact(
            name="card_corner",
            label=Words(ja="カード", en="card"),
            choices=_choices(left=("左", "left"), right=("右", "right")),
            value=str(insurer.card_corner),
        ),
        Fact(
            name="route",
            label=Words(ja="送付先", en="route"),
            choices=_choices(home=("自宅", "home"), workplace=("事業所", "workplace")),
            value=str(mailing.route),
        ),
        Fact(
            name="customer_barcode",
            label=Words(ja="カスタマバーコード", en="barcode"),
            choices=_SHOWN,
            value=YES if mailing.customer_barcode else NO,
        ),
        Fact(
            name="inserter_marks",
            label=Words(ja="封入印", en="inserter marks"),
            choices=_choices(none=("なし", "none"), omr=("OMR", "OMR"), qr=("QR", "QR")),
            value=mailing.inserter_marks,
        ),
    ]
    facts.append(_envelope(insurer.envelope, given.insurer.envelope))
    if given.insurer.seal:
        seal = Fact(
            name="seal", label=Words(ja="印影", en="seal"), choices=_SHOWN, value=YES if insurer.seal else NO
        )  # fmt: skip
        facts.insert(2, seal)
    return tuple(facts)


def _envelopes(own: EnvelopeSize) -> Mapping[str, EnvelopeSize]:
    """Return what a sheet can be tried in, by name: what there is to buy, and the insurer's own."""
    return {**{size.name: size for size in ENVELOPES.values()}, own.name: own}


def _envelope(shown: EnvelopeSize, own: EnvelopeSize) -> Fact:
    labels = {name: _ENVELOPES.get(name, (name, name)) for name in _envelopes(own)}
    ja, en = labels[own.name]
    choices = _choices(**labels | {own.name: (f"{ja}（保険者）", f"{en} (insurer's)")})
    return Fact(name="envelope", label=Words(ja="封筒", en="envelope"), choices=choices, value=shown.name)


def switched(job: Job, switches: Mapping[str, str], titles: tuple[str, ...]) -> Job:
    """Switch a job; what its files have not got any more, a seal or an envelope of its own, is as they have it.

    A page can choose only what there is.
    """
    known = {fact.name: {choice.value for choice in fact.choices} for fact in switches_of(job, job, titles)}
    switches = {name: value for name, value in switches.items() if value in known.get(name, ())}
    insurer, mailing = job.insurer, job.mailing
    if "envelope" in switches:
        insurer = replace(insurer, envelope=_envelopes(job.insurer.envelope)[switches["envelope"]])
    if "card_corner" in switches:
        insurer = replace(insurer, card_corner=CardCorner(switches["card_corner"]))
    if switches.get("seal") == NO:
        insurer = replace(insurer, seal=None)
    if "route" in switches:
        mailing = replace(mailing, route=Route(switches["route"]))
    if "customer_barcode" in switches:
        mailing = replace(mailing, customer_barcode=switches["customer_barcode"] == YES)
    if "inserter_marks" in switches:
        marks: InserterMarks = next(one for one in get_args(InserterMarks) if one == switches["inserter_marks"])
        mailing = replace(mailing, inserter_marks=marks)
    return replace(job, insurer=insurer, mailing=mailing, title=switches.get("title", job.title))
