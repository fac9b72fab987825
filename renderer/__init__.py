"""Print-ready A4 sheets for Japanese health insurers: from a member file to verified print files.

cli ─▶ mailing ─▶ proofing ─▶ typeset ─▶ domain ─▶ errors        (imports go down only; ARCHITECTURE.md)
"""
