"""A text of a column → the code of what is odd about it: signs that stand for something lost, words for no value.

Well formed as it is, a person should look at it. Of a name more is asked than of an address: a name has few signs, and
each at its place.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from renderer.documents.places import PREFECTURES
from renderer.model.widths import HYPHENS, NARROW

_KEYS = ("記号", "番号", "事業所番号")
_NAMES = ("氏名", "被保険者氏名")
_ADDRESSES = ("住所", "送付先住所")
_BUILDINGS = ("方書", "送付先方書")
_OF_LETTERS = (*_NAMES, "送付先氏名", *_ADDRESSES, *_BUILDINGS, "フリガナ", "事業所名")
_ADDRESSED = (*_NAMES, "送付先氏名", "事業所名")
_REACHED = (*_ADDRESSES, *_BUILDINGS, "送付先氏名", "事業所名")
_REMARKS = "備考"

# Signs for something lost: a geta (〓) stands for a character that a system did not have, a question mark or a box for
# one that a conversion lost, and a description of its parts (⿰木高) is none. A circle is a nought in an address
# (二○番), and other shapes stand in names of houses.
_LOST = "〓?？¿⁇⁈□▯▢◻▫◽☐⬜⬚■◼▪◾▮●⊠☒⌧◌░▒▓█\ufffc〾⿰-⿻"
_SHAPES = "○◯◎◆◇▲△▼▽★☆※"
_LOST_IN_TEXT = re.compile(f"[{_LOST}]|ï¿½")
_LOST_IN_ANY_NAME = re.compile(f"[{_LOST}{_SHAPES}]|ï¿½")
# In the name of a person further: all signs that no name has, those of ASCII beside a letter, or beside one of ours
# where Latin names have them; brackets around one character or words for it; and a mark that lengthens no vowel.
_GAIJI = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_MARKS = "\u0300-\u036f\u3099-\u309c\ufe00-\ufe0f"
_JOINTS = r"・･•·=゠‐‑‒–—―−\-"
_KANJI = "㐀-鿿豈-\ufaff\U00020000-\U0003ffff"
_OURS = f"{_KANJI}々ぁ-ゖァ-ヺｦ-ﾟ"
_OF_ITS_SHAPE = "はしご|ハシゴ|ﾊｼｺﾞ|梯子|立[つち]崎|たつさき|タツサキ|ﾀﾂｻｷ|つちよし|ツチヨシ|ﾂﾁﾖｼ|異体字|[旧俗正略外]字"
_LOST_IN_NAME = re.compile(
    rf"[^\w\s\x00-\x7f{_JOINTS}’‘ʼ′´\ue000-\uf8ff{_MARKS}\U00010000-\U0010ffff]|[\[\]]|\((?:外|不明|[^)様殿]?)\)"
    rf"|\([^()]*(?:{_OF_ITS_SHAPE})[^()]*\)|[{_OURS}] ?[\"&,/<>{{}}\\`]|[\"&,/<>{{}}\\`] ?[{_OURS}]"
    r"|[_*#@~^|+;:!$%](?=[^\W\d_])|(?<=[^\W\d_])[_*#@~^|+;:!$%]|(?<![ぁ-ゟァ-ヿｦ-ﾟA-Za-z])[ーｰ]"
)
# A sign between the parts of a foreign name, of which two kanji are none.
_BETWEEN_PARTS = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[.'’)]))[{_JOINTS}](?=[^\W\d_(])(?:(?<![{_KANJI}].)|(?![{_KANJI}]))"
    rf"|(?<=[^\W\d_] )[{_JOINTS}](?= [^\W\d_(])(?:(?<![{_KANJI}] .)|(?! [{_KANJI}]))"
)
_BRACKETED = re.compile(r"\([^()]*\)")
_JOINT = re.compile(f"[{_JOINTS}]")
# A letter in the place of one that looks the same: Cyrillic or Greek in a Latin name, a kanji between katakana, or
# katakana beside kanji (ロ for 口, ニ for 二). ノ, ケ and ツ stand between the kanji of places.
_KATAKANA = "ァ-ネハ-ヴ"
_LOOKS_ALIKE = re.compile(
    "[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]"
    rf"|(?<=[{_KATAKANA}])(?<![ガケツ])[一力口二夕卜八工](?=[{_KATAKANA}ー])(?![ガケツ])"
    rf"|(?<=[{_KANJI}])[ロニ](?![ァ-ヺー])|(?<![ァ-ヺー])[ロニ](?=[{_KANJI}])"
)
# What is no name, or more than one: a number, a remark, further people, a company, somebody who was made up, one twice.
_FURTHER = "[外他][一二三四五六七八九十]"
_RELATIVE = "[夫妻子父母]|[長次二三四五][男女]|養子"
_MADE_UP = "テスト|ダミー|サンプル|TEST|DUMMY"
_STATE = "死亡|削除|喪失|退職|転出|世帯主|家族|被保険者|被扶養者|未命名"
_REMARK = f"{_STATE}|本人|命名前"
_COMPANY = "(?:株式|有限|合同|合資|合名)会社"
_NO_NAME = re.compile(
    rf"[\d①-⑳]|\((?:{_REMARK}|[男女]性|{_RELATIVE})\)|(?<= )(?:{_STATE})$|^[故亡] "
    rf"|{_FURTHER}+名$|^{_COMPANY}|{_COMPANY}$|^(?:{_MADE_UP})(?![ァ-ヺーA-Za-z])|^(\S+ +\S+) *\1$",
    re.IGNORECASE,
)
_MUNICIPALITY = re.compile("[都道府県市区町村郡]")
# A number alone, or an address: a name has a place in front, too, but no house number (東京都千代田区役所).
_NO_WORKPLACE = re.compile(
    rf"[\d\s{re.escape(HYPHENS)}]+$"
    rf"|(?:{'|'.join(PREFECTURES)}).*?[市区町村].*(?:丁目|番地|\d[番号]|\d[{re.escape(HYPHENS)}]\d)"
)
# Ten or eleven digits that begin as a telephone number does: neither a house nor a room is numbered so.
_OF_TELEPHONE = rf"[{re.escape(HYPHENS)}() ]"
_CONTACT = re.compile(
    rf"(?<!\d)(?=0[1-9])(?=(?:{_OF_TELEPHONE}{{0,2}}\d){{10,11}}(?!{_OF_TELEPHONE}?\d))0\d{{1,4}}"
    rf"(?:{_OF_TELEPHONE}{{1,2}}\d{{1,4}}{_OF_TELEPHONE}{{1,2}}\d{{3,4}}|\d{{8,9}})(?!\d)"
    r"|[\w.+-]+@[\w-]+\.[A-Za-z]"
)
_SAYS_SOMETHING = re.compile(rf"(?![ーｰ_])[\w{_GAIJI}{_LOST}]")

# Words for no value.
_ERROR = (
    r"#(?:N/A|REF!|VALUE!|NAME\?|NULL!|DIV/0!|NUM!|SPILL!|CALC!|GETTING_DATA|参照!|値!|名前\?|[^\W\d_]{3,12}[!?])"
    r"|(?<![A-Z])ERR:\d{3}(?!\d)"
)
_ERROR_WITHIN = re.compile(_ERROR, re.IGNORECASE)
_NULL = r"[(<\[{]?NULL[)>\]}]?|NONE|NIL|NAN|NAT|UNDEFINED"
_PLACEHOLDER = re.compile(
    rf"{_ERROR}|#N/?A.*|#(?:REF|VALUE|NAME|NULL|DIV/0|NUM|参照|値|名前)|#+|N/A|{_NULL}|\\N|[-+]?\d(?:\.\d+)?E[-+]\d{{2,3}}",
    re.IGNORECASE,
)
# Within a text that is not of Latin letters, where somebody may be called so.
_NULL_WITHIN = re.compile(
    r"(?<![A-Z])(?<![A-Z][ .'-])(?:NULL|NONE|NAN|UNDEFINED|N/A|\\N)(?![A-Z]|[ .'-][A-Z])", re.IGNORECASE
)
_NOUGHTS = re.compile("0+(?:[.]0+)?")
_NO_VALUE = {"不明", "不詳", "同上", "無", "無し", "なし", "ナシ", "該当なし", "空白", "空欄", "TRUE", "FALSE"}
_NO_VALUE |= {"未登録", "未設定", "未定", "未入力"}
_OWN_NAME: Mapping[str, Sequence[str]] = {
    "記号": ("被保険者記号",),
    "番号": ("被保険者番号",),
    "氏名": ("被保険者氏名", "お名前", "名前", "漢字氏名", "氏名漢字", "NAME"),
    "フリガナ": ("ふりがな", "カナ", "カナ氏名", "氏名カナ", "シメイ"),
    "被保険者氏名": ("氏名", "お名前", "名前"),
    "住所": ("ご住所", "現住所", "住民票住所", "ADDRESS"),
    "方書": ("建物名", "マンション名", "アパート名"),
    "事業所番号": ("事業所記号", "事業所コード"),
    "事業所名": ("事業所", "事業所名称", "会社名", "勤務先"),
    "備考": ("備考欄",),
    "送付先氏名": ("氏名", "送付先"),
    "送付先住所": ("住所", "送付先"),
    "送付先方書": ("方書",),
}
"""Column → what it may be called besides: a header that stands in the file again."""
_WHOSE = ("本人", "家族", "男", "女")
_NOBODY = (
    *("テスト", "ダミー", "匿名", "氏名不詳", "氏名不明", "TEST", "DUMMY", "UNKNOWN", "フメイ", "NONAME"),
    *("サンプル", "名無し", "名前なし", "未命名", "命名前", "新生児", "欠番", "確認中", "要確認", "調査中", "姓名"),
    *(*_WHOSE, "世帯主", "男性", "女性", "死亡", "削除", "仝", "仝上", "々", "々々"),
    *("夫", "妻", "子", "父", "母", "長男", "長女", "次男", "次女", "二男", "二女", "三男", "三女"),
)
_NOWHERE = ("住所不定", *(f"{what}不明" for what in ("住所", "現住所", "居所", "所在", "宛先", "宛所", "転居先")))
_WITHOUT_WORK = ("退職", "退職者", "退職済", "離職", "無職", "喪失", "資格喪失", "自宅", "個人")
VOLUNTARY = ("任意継続", "任意継続者", "任意継続被保険者", "任継")
"""What stands for the 事業所名 of whoever has none by right."""
_WORDS: Mapping[str, frozenset[str]] = {
    **{column: frozenset((column, *names, *_WHOSE)) | _NO_VALUE for column, names in _OWN_NAME.items()},
    **{
        column: frozenset((column, *_OWN_NAME[column], *_NOBODY)) | _NO_VALUE
        for column in (*_ADDRESSED[:3], "フリガナ")
    },
    **{column: frozenset((column, *_OWN_NAME[column], *_NOWHERE, *PREFECTURES)) | _NO_VALUE for column in _ADDRESSES},
    "事業所名": frozenset(("事業所名", *_OWN_NAME["事業所名"], *_WITHOUT_WORK, *VOLUNTARY, *_WHOSE)) | _NO_VALUE,
    _REMARKS: frozenset((_REMARKS, *_OWN_NAME[_REMARKS], "同上", "TRUE", "FALSE")),
}
"""Column → words that are no value of it, without signs and blanks, Latin letters as capitals."""
_NO_WORD = re.compile(r"[\W_]+")

# What a spreadsheet makes of a number or of 3-20: a fraction, thousands, a text mark or formula, a day, a time.
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = (
    r"(?:(?:明治|大正|昭和|平成|令和) ?(?:\d{1,2}|元) ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)"
    rf"|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-{_MONTH}|{_MONTH}-\d\d"
    r"|(?:(?:18|19|20)\d\d/\d{1,2}/\d{1,2}|(?:18|19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
    r"(?:[ T]0?0:00(?::00)?)?"
)
_REMADE = re.compile(rf"\d+\.0+|\d{{1,3}}(?:,\d{{3}})+|'.+|=\".*\"|{_DAY}")
_REMADE_KEY = re.compile(
    r"\d*\.\d*|[-+−△▲=].*|\d(?:\.\d+)?E[-+]?\d{1,3}|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])|\d{1,2}:\d\d(?::\d\d)?",
    re.IGNORECASE,
)
_REMADE_AT_END = re.compile(rf"(?<!\d)(?:{_DAY})$")
_SERIAL_OF_A_DAY = re.compile(r"(?:3[6-9]|4\d|5[0-4])\d{3}")
"""From 1998 to 2050, as a spreadsheet keeps it."""

_ENTITY = re.compile(
    r"&(?:#\d{2,}|#x[0-9a-f]{2,}|[a-z]{2,8}\d{0,2};)|\\u[0-9a-f]{4}|(?:%[0-9a-f]{2}){3}|(?:=[0-9A-F]{2}){3}|<br ?/?>"
    r"|(?-i:&(?:nbsp|ensp|emsp|thinsp|amp|lt|gt|quot|apos|zwn?j|[lr]rm)(?![A-Za-z]))"
    r"|(?<![A-Z])U\+[0-9a-f]{4,6}|(?<![0-9A-Z])0x[0-9a-f]{4,6}|\\x\{?[0-9a-f]{2}|_x[0-9a-f]{4}_",
    re.IGNORECASE,
)
# 様 may end a word within the text, 殿 ends surnames (鵜殿　太郎); さま and サマ may be the end of a given name.
_HONORIFIC = re.compile(
    r"(?<=.)(?:(?:様|樣|各位)(?:方|分|宛)?|御中(?:様|樣|方)*)(?=$|[\W_])"
    r"|(?<=.)(?:殿|(?<![ぁ-ゖ])さ[まん]|(?<![ァ-ヶー])(?<![ァ-ヶー] )サマ|(?<![ｦ-ﾟ])(?<![ｦ-ﾟ] )ｻﾏ|(?<= )先生)"
    r"(?:方|宛)?(?=[\W_]*$|\()"
)
_OF_SHIFT_JIS = "".join(
    bytes((lead, trail)).decode("cp932", "ignore") for lead in range(0xE3, 0xEA) for trail in (*range(0x80, 0xFD),)
)
"""How the first bytes of Japanese in UTF-8 look where they were read as CP932."""
_MISREAD = re.compile(rf"[{re.escape(_OF_SHIFT_JIS)}]|[ã-é][\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")

# A name of one kanji of these and another reads as one kanji and a Latin letter.
_JAPANESE = re.compile(r"[\s0-9０-９\-－々〇]*(?:[ぁ-ヿ一-鿿][\s0-9０-９\-－々〇]*){2,}")

# One look over all texts, each between two U+001F: nearly no text has what is looked for. What a match may begin with
# comes first, for it leaves out most places at once. No match goes over the end of its text: U+001F is a blank, too.
_BEGINNINGS = sorted({word[:2] for words in _WORDS.values() for word in words} - {name[:2] for name in PREFECTURES})
_WORD_BEGINS = "|".join(rf"{word[0]}[^\w\x1f]*{word[1:] or chr(0x1F)}" for word in _BEGINNINGS)
_FIRST = "".join(word[0] for word in _BEGINNINGS)
_ALONE = rf"@＠{_LOST}{_SHAPES}ï#＃&＆%％<＜=＝\\＼'＇,，:：様樣殿{re.escape(_OF_SHIFT_JIS)}"
_GLANCE = re.compile(
    rf"(?=[\x1f0-9０-９A-Za-zＡ-Ｚａ-ｚ\-－_＿御各さサｻ先日都道府県!！?？ã-é{_ALONE}])(?:[{_ALONE}]"
    r"|\x1f(?=[^\x1f])(?:[^\S\x1f]*(?:[0０A-Za-zＡ-Ｚａ-ｚ(<{\[（＜［｛+−△▲＋\-－.．]|[0-9０-９]{1,4}[-/－／])"
    rf"|[^\w\x1f{_GAIJI}]*(?:[\x1fー_ｰ]|(?=[{_FIRST}])(?:{_WORD_BEGINS})))"
    r"|[0-9０-９](?:[EeＥｅ.．]|[XxＸｘ]|(?<=[0-9０-９]{4})(?:[/／]|[-－][0-9０-９]{2}[-－]))"
    r"|(?<![0-9０-９])[0０][1-9１-９]|[日都道府県!！?？][^\S\x1f]*\x1f|[A-Za-zＡ-Ｚａ-ｚ](?:[-－+＋/／]|(?<=[NnＮｎ])[UuOoAaＵｕＯｏＡａ]|(?<=[UuＵｕ])[NnＮｎ])"
    r"|[-－_＿][A-Za-zＡ-Ｚａ-ｚ]|御中|各位|さ[まん]|サマ|ｻﾏ|先生|[ã-é][\x80-\xbf‚-›€™ŒœŠšŸŽžƒˆ˜])"
)
_GLANCE_AT_NAMES = re.compile(
    rf"[^\w\s\x1f\ue000-\uf8ff{_MARKS}\U00010000-\U0010ffff]|[_ーｰ\d①-⑳ァ-ヺ\u0370-\u04ff故亡死除喪職転帯族者未]|[nt](?:[oau]|es)|u"
    rf"|{_FURTHER}|会社",
    re.IGNORECASE,
)


def texts_that_may_be_odd(
    texts: Iterable[str], *, names: Iterable[str], addresses: Iterable[str], workplaces: Iterable[str]
) -> set[str]:
    """Return which texts of some rows may be odd; the others say again which of them name a person or a place."""
    of_persons = tuple(dict.fromkeys(names))
    return {
        *_seen(_GLANCE, tuple(dict.fromkeys(texts))),
        *_seen(_GLANCE_AT_NAMES, of_persons),
        *filter(_begins_again, of_persons),
        *(address for address in set(addresses) if not _MUNICIPALITY.search(address)),
        *(workplace for workplace in set(workplaces) if _NO_WORKPLACE.match(workplace.strip())),
    }


def _seen(glance: re.Pattern[str], texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts in which one glance over all of them sees something; no match goes from one into the next."""
    starts = list(accumulate((len(text) + 2 for text in texts), initial=0))
    for found in glance.finditer("\x1f" + "\x1f\x1f".join(texts) + "\x1f"):
        yield texts[bisect_right(starts, found.start()) - 1]


def _begins_again(name: str) -> bool:
    return name.find(name[:2], 2) > 0


def oddness(column: str, text: str) -> str:
    """Return the code of what is odd about a text, the first that there is, or ""."""
    bare = text.translate(NARROW).strip()
    if not bare:
        return ""
    if _is_no_value(column, bare) or _is_remade(column, bare):
        return "placeholder"
    if _ENTITY.search(bare):
        return "character-entity"
    if column in _ADDRESSED and _HONORIFIC.search(bare):
        return "honorific-in-name"
    if _has_lost(column, text, bare):
        return "lost-character"
    if column in _NAMES and _LOOKS_ALIKE.search(bare):
        return "look-alike-character"
    if column in _NAMES and _NO_NAME.search(bare):
        return "not-a-name"
    if column in _ADDRESSES and not _MUNICIPALITY.search(bare):
        return "not-an-address"
    if column in _REACHED and _CONTACT.search(bare):
        return "telephone-or-mail"
    if column == "事業所名" and _NO_WORKPLACE.match(text.strip()):
        return "not-a-workplace"
    return ""


def is_no_part(column: str, part: str) -> bool:
    """Whether a text is no value of a column that is joined of such parts."""
    bare = part.translate(NARROW).strip()
    if column not in _OF_LETTERS:
        return False
    if column in (*_ADDRESSES, *_BUILDINGS) and (_REMADE.fullmatch(bare) or _SERIAL_OF_A_DAY.fullmatch(bare)):
        return True
    is_word = _NO_WORD.sub("", unicodedata.normalize("NFKC", bare)).upper() in _NO_VALUE
    return is_word or bool(_PLACEHOLDER.fullmatch(bare) or _NOUGHTS.fullmatch(bare))


def _is_no_value(column: str, bare: str) -> bool:
    if _PLACEHOLDER.fullmatch(bare) or _ERROR_WITHIN.search(bare):
        return True
    if column not in _WORDS:
        return False  # of a document's own column: a nought may say no
    if _NOUGHTS.fullmatch(bare) and column != "事業所番号":  # of noughts it is that of no workplace
        return True
    if column != _REMARKS and not _SAYS_SOMETHING.search(bare):
        return True
    if _NO_WORD.sub("", unicodedata.normalize("NFKC", bare)).upper() in _WORDS[column]:
        return True
    return column in _OF_LETTERS and _NULL_WITHIN.search(bare) is not None


def _is_remade(column: str, bare: str) -> bool:
    if column in _KEYS and _REMADE_KEY.fullmatch(bare):
        return True
    if column in _ADDRESSES:
        return _REMADE_AT_END.search(bare) is not None
    return column in (*_KEYS, *_BUILDINGS) and _REMADE.fullmatch(bare) is not None


def _has_lost(column: str, text: str, bare: str) -> bool:
    if column in _NAMES and (
        _LOST_IN_NAME.search(bare)
        or _JOINT.search(_BETWEEN_PARTS.sub("", bare))
        or re.search("[()]", _BRACKETED.sub("", bare))
    ):
        return True
    lost = _LOST_IN_ANY_NAME if column in _ADDRESSED[:3] else _LOST_IN_TEXT
    return column in _WORDS and column != "フリガナ" and (lost.search(text) is not None or _is_misread(text))


def _is_misread(text: str) -> bool:
    """Whether a text is Japanese in UTF-8 that was read as CP932 or CP1252, cut short or not."""
    if not _MISREAD.search(text):
        return False
    return any(_JAPANESE.fullmatch(_read_anew(text, encoding)) for encoding in ("cp932", "cp1252", "latin-1"))


def _read_anew(text: str, encoding: str) -> str:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(text.encode(encoding))
    except UnicodeError:
        return ""
