"""Print-ready A4 sheets for Japanese health insurers: from a member file to verified print files.

cli ─▶ desk ─▶ running ─▶ proof ─▶ mailing ─▶ layout ─▶ press ─▶ intake ─▶ documents ─▶ model
(imports go down only; ARCHITECTURE.md)
"""
