"""The enterprise roster, Excel both ways: templates, reading what comes back, marking what is wrong, export."""
