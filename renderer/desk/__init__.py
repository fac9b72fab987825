"""One thing at a time for a person: draw a sheet, print one again, look at a delivery, at a layout, at the goldens."""
