"""`/l/`: the pages that links in SMS lead to, as plain HTML without a script."""
