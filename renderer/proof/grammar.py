"""How the press writes each kind of object of a print file, byte by byte; what is written otherwise is refused.

Stated here for the proof, and not shared with the press: a slip there is none here.
"""

import re

HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
ENTRIES = re.compile(rb"0{10} 65535 f \n(?:\d{10} 00000 n \n)*")
NODE = re.compile(rb"<</Type/Pages(?:/Parent (\d+) 0 R|/MediaBox\[([^\]]*)\])/Count (\d+)/Kids\[((?:\d+ 0 R ?)*)\]>>\n")
LEAF = re.compile(
    rb"<</Type/Page/Parent (\d+) 0 R(?:/MediaBox\[([^\]]*)\])?/TrimBox\[([^\]]*)\]"
    rb"/Resources (\d+) 0 R/Contents (\d+) 0 R>>\n"
)
CATALOG = re.compile(
    rb"<</Type/Catalog/Pages (\d+) 0 R/Outlines (\d+) 0 R/PageMode/UseOutlines/PageLabels (\d+) 0 R/Metadata (\d+) 0 R"
    rb"/Lang\(ja\)/ViewerPreferences<</PrintScaling/None>>>>\n"
)
TAIL = re.compile(
    rb"trailer\n<</Size (\d+)/Root (\d+) 0 R/Info (\d+) 0 R/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]>>\n"
    rb"startxref\n(\d+)\n%%EOF\n"
)
TEXT = rb"(\((?:[^\\()]|\\[\\()])*\)|<FEFF(?:[0-9A-F]{4})*>)"
OUTLINE = re.compile(rb"<</Type/Outlines/Count (\d+)(?:/First (\d+) 0 R/Last (\d+) 0 R)?>>\n")
BOOKMARK = re.compile(
    rb"<</Title %b/Parent (\d+) 0 R(?:/Prev (\d+) 0 R)?(?:/Next (\d+) 0 R)?/Dest\[(\d+) 0 R/Fit\]>>\n" % TEXT
)
LABEL = re.compile(rb" ?(\d+)<</S/D/P %b>>" % TEXT)
LABELS = re.compile(rb"<<(?:/Limits\[(\d+) (\d+)\])?/Nums\[((?: ?\d+<</S/D/P %b>>)+)\]>>\n" % TEXT)
LABEL_TREE = re.compile(rb"<</Kids\[((?:\d+ 0 R ?)+)\]>>\n")
INFO = re.compile(rb"<</Title %b/Producer \(renderer\)>>\n" % TEXT)
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>'
    "<pdf:Producer>renderer</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)
FONT = re.compile(
    rb"<</Type/Font/Subtype/Type0/BaseFont/([A-Z]{6}\+([\w.+-]+))/Encoding/Identity-H/DescendantFonts\[(\d+) 0 R\]"
    rb"/ToUnicode (\d+) 0 R>>\n"
)
DESCENDANT = re.compile(
    rb"<</Type/Font/Subtype/CIDFontType2/BaseFont/([A-Z]{6}\+[\w.+-]+)/CIDSystemInfo<</Registry\(Adobe\)"
    rb"/Ordering\(Identity\)/Supplement 0>>/CIDToGIDMap (\d+) 0 R/DW 1000/W\[(\d+\[\d+\](?: \d+\[\d+\])*)\]"
    rb"/FontDescriptor (\d+) 0 R>>\n"
)
DESCRIPTOR = re.compile(
    rb"<</Type/FontDescriptor/FontName/([A-Z]{6}\+[\w.+-]+)/Flags 4/FontBBox\[-1000 (-?\d+) 2000 (-?\d+)\]"
    rb"/ItalicAngle 0/Ascent \3/Descent \2/CapHeight \3/StemV 80/FontFile2 (\d+) 0 R>>\n"
)
RESOURCES = re.compile(rb"<</Font<<([^<>]*)>>/XObject<<([^<>]*)>>>>\n")
REFERENCE = re.compile(rb"(\d+) 0 R")
NAMED_REFERENCE = re.compile(rb"/(\w+) (\d+) 0 R")
BFCHAR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")
TO_UNICODE = re.compile(
    rb"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    rb"<</Registry\(Adobe\)/Ordering\(UCS\)/Supplement 0>> def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
    rb"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
    rb"(?:\d+ beginbfchar\n(?:<[0-9A-F]{4}><(?:[0-9A-F]{4})+>\n)+endbfchar\n)*"
    rb"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)
WIDTH = re.compile(rb"(\d+)\[(\d+)\]")
STREAM = re.compile(rb"<</Length (\d+)/Filter/FlateDecode(?:/Length1 (\d+))?")
