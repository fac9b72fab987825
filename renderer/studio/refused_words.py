"""What refuses a layout or a job, as the program says it in English → the same in Japanese.

The sentences of the program stand where they are raised; here is each once more, with braces where a name or a number
stands. Of one that is not here, the Japanese is what it is about, and then the English: nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

OF_SLOT = "slot '{slot}' cannot be compiled: "
_OF_SLOT_JA = "差込欄 {slot} を組めません。"
_SLOTS: Mapping[str, str] = {
    "its height depends on its value; give it a height in mm": "高さが値で変わります。高さを mm で書いてください。",
    "its width depends on its value; give it a width in mm, and no display: inline": (
        "幅が値で変わります。幅を mm で書き、display: inline をやめてください。"
    ),
    "it stands in a flex or grid container, or is one; put it into a plain block": (
        "flex か grid の中にあります。ふつうのブロックに入れてください。"
    ),
    "its place in its line depends on its value; give it vertical-align: top": (
        "行の中の位置が値で変わります。vertical-align: top を書いてください。"
    ),
    "{property} is not supported on a slot or around it; take it off": (
        "{property} は差込欄とその外側では使えません。取ってください。"
    ),
    "{property} is not supported on a slot; take it off": "{property} は差込欄では使えません。取ってください。",
    "{property} is set for what stands in it; set it on the slot alone": (
        "{property} が中の文字に掛かっています。差込欄だけに書いてください。"
    ),
    "it lies outside its page; its value would be cut off": "紙の外に出ています。値が切れます。",
    "its style adds to its text or hides it; take off ::before, ::after and font-size: 0": (
        "スタイルが文字を足すか隠しています。::before、::after、font-size: 0 を取ってください。"
    ),
    "its style adds to its code or hides it; take off ::before and ::after": (
        "スタイルがコードに足すか隠しています。::before、::after を取ってください。"
    ),
    "its text does not begin at its edge; take off text-indent and any padding inside": (
        "文字が欄の端から始まりません。text-indent と中の padding を取ってください。"
    ),
    "its code does not fill it; set its size and place on the slot, not on the svg in it": (
        "コードが欄いっぱいになりません。大きさと位置は svg でなく差込欄に書いてください。"
    ),
    "only text-align: left, center or right is supported": (
        "text-align は left、center、right のどれかにしてください。"
    ),
    "lines = {lines} needs {needed} mm, its height is {has} mm; make it higher": (
        "lines = {lines} には高さ {needed} mm が要りますが、{has} mm です。高くしてください。"
    ),
    "valign = 'bottom' sets the last line on the lower edge; lines = {lines} are {needed} mm high, "
    "its height is {has} mm; give it that height": (
        "valign = 'bottom' は最後の行を下端に置きます。lines = {lines} の高さは {needed} mm、欄は {has} mm です。"
        "同じ高さにしてください。"
    ),
    "its characters are higher than its line; give it a larger line-height": (
        "文字が行より高くなっています。line-height を大きくしてください。"
    ),
    "a colour that lets the paper through is not supported; use a plain one": (
        "透ける色は使えません。透けない色にしてください。"
    ),
    "colour space {space} is not supported; use #rrggbb or device-cmyk()": (
        "色空間 {space} は使えません。#rrggbb か device-cmyk() で書いてください。"
    ),
}
SENTENCES: Mapping[str, str] = {
    **{OF_SLOT + en: _OF_SLOT_JA + ja for en, ja in _SLOTS.items()},
    # a property
    "unknown property": "知らない属性です",
    "unknown property; take it out": "知らない属性です。取ってください。",
    "invalid value; correct it, or take it out": "値が正しくありません。直すか、取ってください。",
    "shadows are not printed; {what}": "影は印刷しません。取るか、罫線で描いてください。",
    "filters are not printed; take it out": "フィルターは印刷しません。取ってください。",
    "clipping is not printed; draw what is to be seen": "切り抜きは印刷しません。見せる形を描いてください。",
    "blending is not printed; use plain colours": "色の重ね合わせは印刷しません。ふつうの色にしてください。",
    "text is set from left to right; write a vertical label with one character on each line": (
        "文字は左から右に組みます。縦の見出しは 1 行に 1 字で書いてください。"
    ),
    "opacity is not printed; use a plain colour": "opacity は印刷しません。ふつうの色にしてください。",
    "gradients and background pictures are not printed; {what}": (
        "グラデーションと背景の絵は印刷しません。罫線と色で描くか、<img> か [ground] にしてください。"
    ),
    "gradients and patterns of a drawing are not printed; use plain colours": (
        "図のグラデーションと模様は印刷しません。ふつうの色にしてください。"
    ),
    "filters and masks are not printed; draw plain shapes": (
        "フィルターとマスクは印刷しません。形そのものを描いてください。"
    ),
    "colours that let the paper through are not printed; {what}": (
        "透ける色は印刷しません。白の上で見える色にしてください。"
    ),
    "{what} may depend on the value of a slot, and the fixed part is the same for everybody; choose by a variant in "
    "the template": (
        "{what} は差込欄の値で変わります。固定の部分は全員同じです。テンプレートで版によって選んでください。"
    ),
    "{what} stands behind its characters and not above them; place the reading as a text of its own": (
        "{what} のふりがなは字の上でなく後ろに出ます。読みは別の文字として置いてください。"
    ),
    "{what} is not known where a list is drawn, its signs would be lost; write them as text": (
        "{what} の印は描かれません。文字で書いてください。"
    ),
    "{what} is not printed; write its texts into the template, and place a picture as <img>": (
        "{what} は印刷しません。文字はテンプレートに書き、絵は <img> で置いてください。"
    ),
    "{what} leaves a part out in silence where its name is misspelt; name one that there is": (
        "{what} があると、名前を間違えた部品が黙って抜けます。ある部品の名前を書いてください。"
    ),
    "{text} has {sign}, left over of a template, an entity, another encoding or direction; correct it, or take it "
    "out": (
        "{text} に {sign} が残っています（テンプレート、実体参照、文字コードか書字方向の書き損じ）。"
        "直すか、取ってください。"
    ),
    "this is always one of {known}, and never nothing; compare it with one; mend the template": (
        "これはいつも {known} のどれかで、空にはなりません。どれかと比べてください。"
    ),
    "{what} takes a text off the sheet; place it with position: absolute": (
        "{what} は文字を紙から外します。position: absolute で置いてください。"
    ),
    "there is no counter style '{name}', and 1, 2, 3 would be printed; {what}": (
        "'{name}' という番号の形はなく、1、2、3 と印刷されます。"
        "字で書くか、decimal、cjk-decimal、katakana などあるものを書いてください。"
    ),
    # files and pages
    "there is no file {file}; add it to the layout's folder, or correct the name": (
        "{file} がありません。レイアウトのフォルダーに入れるか、名前を直してください。"
    ),
    "{file} cannot be used: {why}": "{file} は使えません（{why}）。",
    "{file}, which is not there; add the file": "{file} がありません。入れてください。",
    "{file}, which lies outside the folder and {shared}": "{file} はフォルダーと {shared} の外にあります。",
    "'{file}' is neither in the layout's folder nor in {shared}": (
        "{file} はレイアウトのフォルダーにも {shared} にもありません。"
    ),
    "{why}; put it back": "{why}。元に戻してください。",
    "the sheet has {has} pages, layout.toml promises {promised}; something is taller than its page": (
        "{has} ページになりました。layout.toml では {promised} ページです。ページより高いものがあります。"
    ),
    "the sheet has {has} pages, layout.toml promises {promised}; begin the next page with break-before: page": (
        "{has} ページになりました。layout.toml では {promised} ページです。break-before: page で分けてください。"
    ),
    "page {page} is {width} × {height} mm; take the size out of @page, a sheet is {right} mm": (
        "{page} ページが {width} × {height} mm です。@page の size を取ってください。用紙は {right} mm です。"
    ),
    "bleed and crop marks are not printed; take them out of @page": (
        "塗り足しとトンボは印刷しません。@page から取ってください。"
    ),
    "take <link> out of the template; name the style sheet in layout.toml": (
        "テンプレートの <link> を取り、スタイルシートは layout.toml に書いてください。"
    ),
    "it takes more than {seconds} seconds to lay out; {what}": (
        "組むのに {seconds} 秒より長くかかります。繰り返しと、繰り返される絵を見てください。"
    ),
    "it takes more than {size} MB to lay out; make its pictures smaller": (
        "組むのに {size} MB より多く使います。絵を小さくしてください。"
    ),
    "its elements or rules stand in one another too deeply; take some out": (
        "要素か規則の入れ子が深すぎます。減らしてください。"
    ),
    # the template
    "{tag} is not closed; write {end} where it ends": "{tag} が閉じていません。終わりに {end} を書いてください。",
    "{name}={mark} is not closed; write {mark} where its value ends": (
        "{name}= の引用符が閉じていません。値の終わりに {mark} を書いてください。"
    ),
    "after this there is a {end} too many; take it out": "この後に {end} が一つ多くあります。取ってください。",
    "slot('{slot}') has no [slots.{slot}] in layout.toml": "差込欄 {slot} は layout.toml の [slots] にありません",
    "slot('{slot}') has no [slots.{slot}] in layout.toml; add it there, with how its value may be made to fit": (
        "layout.toml に [slots.{slot}] がありません。値の収め方と合わせて書いてください。"
    ),
    "slot('{slot}') has no [slots.{slot}] in layout.toml, and is no value of a member; use {write}": (
        "{slot} は人ごとの値ではありません。{write} と書いてください。"
    ),
    "slot() takes the name of one slot, slot('name'), and not ({said})": (
        "slot() には差込欄の名前を一つ書きます（slot('name')）。いまは（{said}）です。"
    ),
    "slot '{slot}' stands in an attribute; write it where its value is to stand": (
        "差込欄 {slot} が属性の中にあります。値を置く所に書いてください。"
    ),
    "slot '{slot}' is not on the sheet, its value would be lost; {what}": (
        "差込欄 {slot} が紙にありません。値が失われます。隠したり属性に書いたりしないでください。"
    ),
    "one place of slot '{slot}' stands {times} times; do not repeat or cut it": (
        "差込欄 {slot} の一つの場所が {times} 回出ています。繰り返したり分けたりしないでください。"
    ),
    "data-slot='{slot}' is written by hand; write {write} instead": (
        "data-slot='{slot}' を手で書いています。{write} と書いてください。"
    ),
    "{why}; mend the template": "テンプレートを読めません（{why}）。直してください。",
    "{file} gives more than {count} characters; look for loops": (
        "{file} が {count} 字より多く出します。繰り返しを見てください。"
    ),
    # fixed texts
    "{text} leaves page {page} by {mm} mm; {what}": "{text} が {page} ページから {mm} mm はみ出しています。",
    "{text} sticks out of its box ({box}) by {mm} mm; {what}": "{text} が箱（{box}）から {mm} mm はみ出しています。",
    "{text} leaves its region '{region}' by {mm} mm; {what}": (
        "{text} が領域 {region} から {mm} mm はみ出しています。"
    ),
    "{text} lies on a picture ({picture}) by {mm} mm; {what}": ("{text} が絵（{picture}）に {mm} mm 重なっています。"),
    "{text} is {slant}, and no font of the project is: leave font-style, <i> and <em> out; make it bold, or larger": (
        "{text} が斜体（{slant}）です。斜体の書体はありません。太くするか、大きくしてください。"
    ),
    "{text} has font-weight {weight}, and '{family}' has {weights} only; write one that it has, or take another font": (
        "{text} は font-weight {weight} ですが、{family} には {weights} だけです。あるものか、別の書体にしてください。"
    ),
    "{text} is hidden and would not be printed; show it, or take it out of the template": (
        "{text} は隠れていて印刷されません。見せるか、テンプレートから取ってください。"
    ),
    "{text} stands on no page and would not be printed; show it, or take it out of the template": (
        "{text} はどのページにも出ません（印刷されません）。見せるか、テンプレートから取ってください。"
    ),
    "it names no picture, and nothing would be printed; write its src, or take it out of the template": (
        "絵が書かれていないので何も印刷されません。src を書くか、テンプレートから取ってください。"
    ),
    "{text} has no size and would not be printed; give it one, or take it out of the template": (
        "{text} は大きさが 0 で印刷されません。大きさを書くか、テンプレートから取ってください。"
    ),
    "{text} is {size} pt high and cannot be read; make it {least} pt or more, or take it out of the template": (
        "{text} は {size} pt で読めません。{least} pt 以上にするか、テンプレートから取ってください。"
    ),
    "the letters of {text} would lie on one another; write {least}em or more, or a smaller font-size": (
        "{text} の字が重なります。{least}em 以上にするか、font-size を小さくしてください。"
    ),
    "a line goes through {text}; take it off, or take the text out of the template": (
        "{text} に線が重なります。線を取るか、文字をテンプレートから取ってください。"
    ),
    "the line at {text} is {thickness} em thick and covers letters; write {most}em or less": (
        "{text} の線の太さが {thickness} em で、字が隠れます。{most}em 以下にしてください。"
    ),
    "the line under {text} lies {offset} em below it and strikes letters; write 0 to {most}em": (
        "{text} の下線の位置が {offset} em で、字に重なります。0 から {most}em までにしてください。"
    ),
    "a drawing ({drawing}) lies on {text}, {across} × {down} mm of it; {what}": (
        "図（{drawing}）が {text} の上にあります（{across} × {down} mm）。"
        "テンプレートで文字より前に書くか、動かしてください。"
    ),
    "it covers {text}; move it, or take it off": "{text} を覆っています。動かすか、取ってください。",
    "{text} stands on {ground} with a contrast of {found} to 1, and is read from {least} to 1 on; make one of them "
    "lighter or darker, or move it": (
        "{text} は {ground} の上でコントラストが {found}:1 しかありません（{least}:1 から読めます）。"
        "どちらかを濃くするか薄くするか、動かしてください。"
    ),
    "{text} lies under {slot}, {across} × {down} mm of it; move one of them": (
        "{text} が {slot} の下にあります（{across} × {down} mm）。どちらかを動かしてください。"
    ),
    "{text} and {other} lie on one another, {across} × {down} mm of them; move one of them": (
        "{text} と {other} が重なっています（{across} × {down} mm）。どちらかを動かしてください。"
    ),
    "{property} would leave a part of {box} out in silence; take it off, and give its text the room it needs": (
        "{property} で {box} の一部が黙って消えます。取って、文字に要るだけの場所を空けてください。"
    ),
    "an SVG picture holds text; turn it into outlines": "SVG の絵に文字があります。アウトラインにしてください。",
    "form fields are not printed; draw {what} with rules and text": (
        "入力欄は印刷しません。{what} は罫線と文字で描いてください。"
    ),
    "{box} has columns, and a box with a position is laid out in one; put a <div> with the columns into it": (
        "{box} には段組みがありますが、position のある箱は一段に組まれます。段組みの <div> を中に入れてください。"
    ),
    "font-family '{family}' is not one of the project's fonts; use one of: {known}": (
        "書体 {family} はありません。使えるもの：{known}"
    ),
    "'{name}' is the name of a layout, and a folder here is called so, too; write {folder} for the folder, "
    "or stand in another one": (
        "{name} は標準のレイアウトの名前で、同じ名前のフォルダもあります。フォルダなら {folder} と書いてください。"
    ),
    "{which} is not one of the project's fonts; use one of: {known}": "書体 {which} はありません。使えるもの：{known}",
    "@font-face '{family}' brings a font of its own; {what}": (
        "@font-face '{family}' は使えません。ある書体を使うか、パックの fonts/fonts.toml に書いてください。"
    ),
    "{code} in the fixed text would be drawn as another character; name a font first that has it": (
        "固定の文字の {code} が別の字で描かれます。その字を持つ書体を先に書いてください。"
    ),
    # the ground
    "{file} is no PNG picture, or not a whole one; save it again as PNG": (
        "{file} は PNG でないか、壊れています。PNG で保存し直してください。"
    ),
    "{file} has a palette, one bit or an alpha channel; save it in plain grey of 8 bits": (
        "{file} はパレット、1 ビット、透明のどれかです。8 ビットのグレーで保存してください。"
    ),
    "{file} is in colours, and would not be printed in black alone; save it in grey, or write colour = true": (
        "{file} に色があり、墨だけで刷れません。グレーで保存するか、colour = true と書いてください。"
    ),
    "the ground of page {page} lies over something, or is drawn twice; {what}": (
        "{page} ページの地が何かの上にあるか、二度描かれています。@page の背景か、一番初めの <img> にしてください。"
    ),
    "slot '{slot}' has no place in the variant {variant}, and there is a value for it; place it there, "
    "or take [slots.{same}] out": (
        "差込欄 {slot} に値があるのに、この版（{variant}）には置かれていません。"
        "置くか、[slots.{same}] を取ってください。"
    ),
    # layout.toml
    "unknown key {key}": "知らない項目です：{key}",
    "{file} names {thing} '{name}', which has no [{table}]": "{file} にある {name} の [{table}] がありません",
    "{place} names slot '{name}', which has no [{table}]": "{place} の差込欄 {name} には [{table}] がありません",
    "{place} names region '{name}', which has no [{table}]": "{place} の領域 {name} には [{table}] がありません",
    "{place}: there is no page {page}, pages = {pages}": "{place}：{page} ページはありません（pages = {pages}）。",
    "{place}: {fold} is no fold line; fold_lines = [{known}]": (
        "{place}：{fold} は折り線ではありません（fold_lines = [{known}]）。"
    ),
    "{document} has no value for slot '{slot}'": "{document} に差込欄 {slot} の値はありません",
    "document '{document}' is none of {known}": "document '{document}' はありません。あるもの：{known}",
    "{place}: it is missing; write it": "{place} がありません。書いてください。",
    "{place}: must be text in quotes": '{place}：文字列を "" で囲んで書いてください。',
    "{place}: must be a whole number without quotes": "{place}：整数を引用符なしで書いてください。",
    "{place}: must be a number without quotes": "{place}：数を引用符なしで書いてください。",
    "{place}: must be true or false, without quotes": "{place}：true か false を引用符なしで書いてください。",
    "{place}: must be a list in square brackets": "{place}：[ ] で囲んで並べてください。",
    "{place}: must be a table": "{place}：表（[ ] の見出し）で書いてください。",
    "{place}: must say something; write it, or take it out": "{place} が空です。書くか、取ってください。",
    "{place}: must be {bound} or more": "{place}：{bound} 以上にしてください。",
    "{place}: must be {bound} or less": "{place}：{bound} 以下にしてください。",
    "{place}: must be more than {bound}": "{place}：{bound} より大きくしてください。",
    "{place}: must be {expected}": "{place}：{expected} のどれかを書いてください。",
    "{place}: a title says something; write it, or take it out": "{place}：題名が空です。書くか、取ってください。",
    "{place}: fit = '{fit}' needs a floor, in {unit}": (
        "{place}：fit = '{fit}' には floor が要ります（単位 {unit}）。"
    ),
    "{place}: floor = {floor} is above 100 percent; nothing is made wider": (
        "{place}：floor = {floor} は 100 % を超えています。広げることはできません。"
    ),
    "{place}: lines is for fit = 'wrap', not '{fit}'": (
        "{place}：lines は fit = 'wrap' のときだけです（今は '{fit}'）。"
    ),
    "{place}: valign is for fit = 'wrap', not '{fit}'; a line is centred in its line-height": (
        "{place}：valign は fit = 'wrap' のときだけです（今は '{fit}'）。一行は行の高さの中央に置かれます。"
    ),
    "{place}: it leaves the page of {width} × {height} mm; move it, or make it smaller": (
        "{place}：{width} × {height} mm の紙から出ています。動かすか、小さくしてください。"
    ),
    "{place}: it takes one of element, region, page and fold, not {given}": (
        "{place}：element、region、page、fold のうち一つだけを書いてください（今は {given}）。"
    ),
    "{place}: line is for the bottom edge of a slot, [data-slot=…]; take it out": (
        "{place}：line は差込欄（[data-slot=…]）の下の辺だけのものです。取ってください。"
    ),
    "{place}: from is a {start} edge and to a {end} edge; take two of left and right, or two of top and bottom "
    "(a fold is one of these)": (
        "{place}：from は {start}、to は {end} の辺です。左右どうしか、上下どうし（折り線は上下の側）にしてください。"
    ),
    "{place}: it takes exactly, or else at_least, at_most or both, in mm": (
        "{place}：exactly か、at_least と at_most の一方か両方を、mm で書いてください。"
    ),
    "{place}: at_least = {least} is more than at_most = {most}": (
        "{place}：at_least = {least} が at_most = {most} より大きくなっています。"
    ),
    "{place}: format = '{name}' is none of {known}": "{place}：format = '{name}' はありません。あるもの：{known}",
    "{place}: it is {w} × {h} mm, and a card of format {format} is {width} × {height} mm": (
        "{place}：{w} × {h} mm ですが、{format} のカードは {width} × {height} mm です。"
    ),
    "lines() takes a text, how many em a line has, and how many lines: {such}": (
        "lines() には文字列、一行の em 数、行数を書きます：{such}"
    ),
    "{place}: '{selector}' is no CSS selector; write it as in a style sheet: {such}": (
        "{place} の '{selector}' は CSS のセレクターではありません。スタイルシートと同じに書いてください（{such}）。"
    ),
    "no font of its text has {sign}; write another sign, name a font first that has it, or place it as a picture": (
        "書体に {sign} の字形がありません。別の字にするか、その字を持つ書体を先に書くか、絵として置いてください。"
    ),
    "is not UTF-8; save it as UTF-8": "UTF-8 ではありません。UTF-8 で保存してください。",
    "its brackets stand in one another too deeply; mend the file": "かっこの入れ子が深すぎます。直してください。",
    "{why}; mend the file": "読めません（{why}）。直してください。",
}
_ABOUT: Mapping[str, str] = {
    "layout-refused": "このレイアウトは組めません",
    "job-refused": "このジョブは使えません",
    "file-missing": "ファイルを読めません",
    "cannot-compile": "この版は組めません",
}
"""The code of a problem → what it is about, where its sentence is not above."""
_MEANT = re.compile(r"; did you mean (?P<meant>['\"]?[^'\"?]+['\"]?)\?(?P<more>.*)", re.DOTALL)
_NAMED = re.compile(r"^[\w./-]+(?:\.toml)?: ")


def in_japanese(said: str, code: str) -> str:
    """Say in Japanese what a sentence of the program says; ``code`` is that of its problem."""
    meant = _MEANT.search(said)
    sentence = said[: meant.start()] if meant else said
    found = _said(sentence) or _said(_NAMED.sub("", sentence, count=1))
    if found is None:
        return f"{_ABOUT[code]}。{said}"
    return f"{found.rstrip('。')}。{meant['meant']} のことですか。" if meant else found


def _said(sentence: str) -> str | None:
    for pattern, japanese in _patterns():
        if found := pattern.fullmatch(sentence):
            return japanese.format(**found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences as patterns, those with fewer braces first."""
    ordered = sorted(SENTENCES, key=lambda sentence: (sentence.count("{"), -len(sentence)))
    return tuple((_pattern(sentence), SENTENCES[sentence]) for sentence in ordered)


def _pattern(sentence: str) -> re.Pattern[str]:
    """Turn a sentence with braces into a pattern; the same name twice means the same words."""
    parts, seen = re.split(r"\{(\w+)\}", sentence), set[str]()
    written = ""
    for text, name in zip(parts[::2], [*parts[1::2], ""], strict=True):
        written += re.escape(text)
        if name:
            written += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    return re.compile(written, re.DOTALL)
