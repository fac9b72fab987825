"""Why a box is not moved, or nothing is written → the sentence that says so, in Japanese and English.

What a sentence names (a rule, a region, a file) is put in where it has braces. None names a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from renderer.layout.declarations import Declaration
from renderer.studio.parts import Words


class Why(Enum):
    """The reasons: Japanese, English."""

    GONE = ("その箱はこの版にありません", "this sheet has no such box")
    FLOW = (
        "前後の文の流れが位置を決めています。動かすには position: absolute を書いてください",
        "the flow of what stands around it decides its place; to move it, write position: absolute",
    )
    SIZE_OF_FLOW = (
        "流れの中の箱です。大きさを変えると後の箱も動くため、ここでは変えません",
        "it stands in the flow, and what follows would move with its size; change it in the style sheet",
    )
    NOTHING = ("{side} を決める規則がありません", "no rule sets its {side}")
    OPPOSITE = ("反対側の {rule} が決めています", "{rule} decides it, from the other side")
    STRETCHED = (
        "{rule} と反対側の値が大きさを決めています。動かすと大きさも変わります",
        "{rule} and the opposite side decide its size together: to move one would change it",
    )
    CENTRED = (
        "{rule} と反対側との間で中央に置かれています（margin: auto）",
        "it stands in the middle between {rule} and the opposite side (margin: auto)",
    )
    SUM = (
        "{rule} は式（calc など）です。式を書きかえてください",
        "{rule} is a sum (calc and the like): change the sum",
    )
    VARIABLE = ("{rule} は変数から来ます。変数を書きかえてください", "{rule} takes a variable: change the variable")
    PERCENT = ("{rule} は割合です。mm で書いてください", "{rule} is a percentage: write it in mm")
    RELATIVE = (
        "{rule} は文字の大きさで変わります。mm で書いてください",
        "{rule} follows the type size: write it in mm",
    )
    SEVERAL = (
        "{rule} は複数の辺を一度に決めています。分けて書いてください",
        "{rule} sets several sides: write each by itself",
    )
    NO_LENGTH = ("{rule} は長さではありません", "{rule} is no length")
    IN_TEMPLATE = (
        "{rule} はテンプレートの中にあります。スタイルシートに移してください",
        "{rule} stands in a template: move it into a style sheet",
    )
    OTHERWISE = (
        "{rule} のとおりに置かれていません。別の規則（min- や max-、@media など）も見てください",
        "it is not laid out as {rule} says: look for another rule (min-, max-, @media)",
    )
    NOT_OURS = (
        "{file} はこの版面のフォルダーの外にあります。renderer new-layout で写しを作ってください",
        "{file} lies outside the layout's folder: make a copy with renderer new-layout",
    )
    TIED = (
        "layout.toml の {what} には、動く箱と動かない箱の両方があります",
        "{what} of layout.toml is true of boxes that would move and of others that would not",
    )
    UNUSUAL = (
        "layout.toml の {what} の数が見つかりません。{what} = … と書いてください",
        "the number of {what} in layout.toml is written in an unusual way: write it as {what} = …",
    )
    INVALID = ("そのようには書けません: {said}", "it cannot be written: {said}")
    BROKEN = ("ほかの版を組めないため、書きません: {said}", "not while another variant cannot be used: {said}")
    CHANGED = (
        "{file} は読んだ後に変わりました。読み直してから、もう一度動かしてください",
        "{file} has changed since it was read: it is read again, then move once more",
    )
    FAILING = (
        "いまのファイルは組めません。直してから動かしてください",
        "the files as they are cannot be laid out: mend them before you move anything",
    )
    REACH = (
        "同じ規則がほかの箱も動かします。Enter で書きます",
        "the same rule moves other boxes, too: Enter writes it",
    )
    NOT_WRITTEN = ("{file} に書けません: {said}", "{file} cannot be written: {said}")
    NO_WRITE = ("その書き込みはありません", "there is no such write")
    UNDONE_SINCE = (
        "{file} は書いた後に変わりました。Git で戻してください",
        "{file} has changed since it was written: take it back with Git",
    )


class Refusal(Exception):  # noqa: N818
    """Nothing was written."""

    def __init__(self, why: Why, rules: Sequence[Declaration] = (), **named: str) -> None:
        self.why = why
        self.rules = tuple(rules)
        """Which decide the box where no plain number does."""
        ja, en = why.value
        self.words = Words(ja=ja.format(**named), en=en.format(**named))
        super().__init__(self.words.en)
