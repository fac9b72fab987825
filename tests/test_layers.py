"""What a file says of its layers, and whether what belongs to them is shown."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from renderer.review.layers import Layers


@pytest.mark.parametrize(
    ("policy", "of_none", "of_one", "of_both"),
    [
        (None, False, False, True),
        ("/AnyOn", False, False, True),
        ("/AllOn", False, True, True),
        ("/AnyOff", True, False, False),
        ("/AllOff", True, True, False),
    ],
)
def test_a_membership_is_shown_by_its_policy(policy: str | None, of_none: bool, of_one: bool, of_both: bool) -> None:
    hidden = []
    for off in ([], [0], [0, 1]):
        with pikepdf.new() as pdf:
            groups = [pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("Cut", "Varnish")]
            pdf.Root.OCProperties = Dictionary(OCGs=groups, D=Dictionary(OFF=[groups[at] for at in off]))
            membership = Dictionary(Type=Name.OCMD, OCGs=Array(groups))
            if policy:
                membership.P = Name(policy)
            hidden.append(Layers(pdf).hides(membership))
    assert hidden == [of_none, of_one, of_both]


def test_a_file_may_open_with_all_layers_off_but_some() -> None:
    with pikepdf.new() as pdf:
        cut, varnish = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("Cut", "Varnish"))
        pdf.Root.OCProperties = Dictionary(OCGs=[cut, varnish], D=Dictionary(BaseState=Name.OFF, ON=[cut]))
        layers = Layers(pdf)
        assert not layers.hides(cut)
        assert layers.hides(varnish)
        assert not layers.hides(None)
