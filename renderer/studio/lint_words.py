"""The code of a fault that lint finds → what it is called in Japanese: its numbers stand in the sentence behind it."""

from __future__ import annotations

from collections.abc import Mapping

JAPANESE: Mapping[str, str] = {
    "absent-from-region": "領域に挙げた差込欄がそこにありません",
    "barcode-quiet-zone": "カスタマバーコードのまわりの余白が足りません",
    "barcode-size": "カスタマバーコードの大きさが決まりの外です",
    "boxes-overlap": "差込欄が重なっています",
    "cannot-compile": "組めません",
    "code-quiet-zone": "QR コードのまわりの余白に何かがあります",
    "code-too-small": "QR コードが小さすぎます",
    "code-unreadable": "QR コードが読めません",
    "crosses-fold": "差込欄が折り線にかかっています",
    "cut-line-missing": "切り取り線がありません",
    "cut-line-moved": "切り取り線が領域の辺にありません",
    "drawn-otherwise": "WeasyPrint の描き方と印刷が違います",
    "floor-too-high": "床が文字の大きさより上です",
    "floor-too-low": "床が低すぎて読めません",
    "ground-too-dark": "地が宣言したより濃く出ます",
    "ground-under-code": "コードの下に地があります",
    "in-inner-margin": "領域の内側の余白に入っています",
    "ink-elsewhere": "領域の外にインキがあります",
    "ink-in-safe-margin": "余白にインキがあります",
    "ink-on-fold": "折り線の近くにインキがあります",
    "ink-under-slot": "値の下にインキがあります",
    "leaves-region": "差込欄が領域から出ています",
    "low-contrast": "地の上の文字が読みにくくなっています",
    "matches-nothing": "スタイルシートに書いた名前がどこにもありません",
    "never-measured": "宣言したものがどの版にもありません",
    "never-placed": "差込欄がどの版にも置かれていません",
    "absent-from-variant": "値があるのに、この版には差込欄が置かれていません",
    "not-aligned": "そろっていません",
    "outside-regions": "差込欄がどの領域にもありません",
    "outside-safe-margin": "差込欄が余白に入っています",
    "realistic-value-held": "実際にある長さの値が入りません",
    "region-moved": "領域と要素の位置が違います",
    "region-on-fold": "領域が折り線にかかっています",
    "repertoire-too-small": "書体に字形がない人名の字があります",
    "title-in-window": "用紙がずれると窓に標題が見えます",
    "too-small-to-read": "文字が小さすぎます",
    "value-moves-layout": "値が周りの位置を動かします",
    "wrong-distance": "宣言した距離と違います",
}
"""Each code of a fault, by name; a new one without its words fails a test."""
