"""A layout while it is written → a page in the browser with its true sheet, all that is wrong, and boxes to move."""
